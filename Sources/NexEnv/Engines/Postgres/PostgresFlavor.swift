/// What differs between PostgreSQL and the servers that are PostgreSQL with more in it.
package struct PostgresFlavor: Sendable, Hashable {
    /// The image's name without its tag.
    package var image: String

    /// Libraries that have to be loaded when the server starts.
    package var preloadedLibraries: [String] = []

    /// Extensions that every database gets.
    package var extensions: [String] = []

    /// Settings that the flavor needs, unless the user's own say otherwise.
    package var settings: [(name: String, value: String)] = []

    /// Variables that the image reads.
    package var variables: [String: String] = [:]

    /// SQL that ends the flavor's own sessions in a database, and keeps them out of it.
    package var pausing: String?

    /// SQL that lets them in again.
    package var resuming: String?

    /// A query for the tables that the flavor makes as rows come in, by their numbers and names; left out are those whose
    /// numbers are in `$1`.
    package var tablesOfRows: String?

    /// The PostgreSQL version inside a version of the flavor: `17` of `2.19.3-pg17`.
    package var serverVersion: @Sendable (String) -> String = { $0 }

    package static let plain = PostgresFlavor(image: "postgres")

    package static let timescale = PostgresFlavor(
        image: "timescale/timescaledb",
        preloadedLibraries: ["timescaledb"],
        extensions: ["timescaledb"],
        settings: [
            // Each database with TimescaleDB has a scheduler of its own, and its jobs need workers: 8, the default, is too few.
            ("max_worker_processes", "32"), ("timescaledb.max_background_workers", "16"),
            ("max_locks_per_transaction", "256"), ("timescaledb.telemetry_level", "off"),
        ],
        // The image would size the server for the whole machine at first start.
        variables: ["NO_TS_TUNE": "true"],
        pausing: "SELECT _timescaledb_functions.stop_background_workers()",
        resuming: "SELECT _timescaledb_functions.start_background_workers()",
        tablesOfRows: """
            SELECT inhrelid, inhrelid::regclass FROM _timescaledb_catalog.hypertable
              JOIN pg_inherits ON inhparent = format('%I.%I', schema_name, table_name)::regclass
             WHERE inhrelid <> ALL ($1::oid[])
            """,
        serverVersion: { $0.components(after: "-pg") ?? $0 }
    )

    package static func == (left: PostgresFlavor, right: PostgresFlavor) -> Bool { left.image == right.image }
    package func hash(into hasher: inout Hasher) { hasher.combine(image) }
}

extension String {
    /// The text after the last occurrence of a separator.
    fileprivate func components(after separator: String) -> String? {
        ranges(of: separator).last.map { String(self[$0.upperBound...]) }
    }
}
