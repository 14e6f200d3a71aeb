import PostgresClient

/// Which sets were loaded into a database, kept in the database itself: `nexenv.seed`.
enum PostgresSeedLedger {
    static func read(
        _ connection: PostgresConnection
    ) async throws -> [String: (target: String, entry: SeedLedgerEntry)] {
        guard try await connection.query("SELECT to_regclass('nexenv.seed') IS NOT NULL")[0].bool(0) else { return [:] }
        let rows = try await connection.query("SELECT name, target, fingerprint, version, row_count FROM nexenv.seed")
        var entries: [String: (target: String, entry: SeedLedgerEntry)] = [:]
        for row in rows {
            let version = row[3].string
            let entry = SeedLedgerEntry(fingerprint: try row.string(2), version: version, rows: try row.int(4))
            entries[try row.string(0)] = (try row.string(1), entry)
        }
        return entries
    }

    /// Makes the tables; whoever may log in may read them, only the superuser writes.
    static let definition = """
        CREATE SCHEMA IF NOT EXISTS nexenv;
        CREATE TABLE IF NOT EXISTS nexenv.seed (
            name        text        PRIMARY KEY,
            target      text        NOT NULL,
            fingerprint text        NOT NULL,
            version     text,
            row_count   bigint      NOT NULL,
            loaded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        COMMENT ON TABLE nexenv.seed IS 'The sets of rows that nexenv has loaded.';
        CREATE TABLE IF NOT EXISTS nexenv.seed_row (
            set text   NOT NULL,
            key text[] NOT NULL,
            PRIMARY KEY (set, key)
        );
        COMMENT ON TABLE nexenv.seed_row IS 'The rows that sets of the mode sync have added.';
        GRANT USAGE ON SCHEMA nexenv TO PUBLIC;
        GRANT SELECT ON nexenv.seed, nexenv.seed_row TO PUBLIC;
        """

    /// Notes a set, without its version: that is only known after the commit.
    static func note(_ load: SeedLoad, rows: Int, on session: PostgresSession) throws(PostgresError) {
        _ = try session.query(
            """
            INSERT INTO nexenv.seed (name, target, fingerprint, version, row_count)
            VALUES ($1, $2, $3, NULL, $4::bigint)
            ON CONFLICT (name) DO UPDATE SET target = excluded.target, fingerprint = excluded.fingerprint, version = NULL,
                row_count = excluded.row_count, loaded_at = clock_timestamp()
            """,
            [
                PostgresValue(load.name), PostgresValue(load.set.target.written), PostgresValue(load.fingerprint),
                PostgresValue(rows),
            ]
        )
    }

    /// Notes what state the tables are in now, so that the next run sees whether anybody wrote into them.
    static func noteVersions(of loads: [SeedLoad], _ connection: PostgresConnection) async throws {
        // Counts reach the others when this session's are flushed, which may take a second if nobody asks (PostgreSQL 15).
        let canFlush = try await connection.query("SELECT current_setting('server_version_num')::int >= 150000")[0]
            .bool(0)
        if canFlush { try await connection.query("SELECT pg_stat_force_next_flush()") }
        let names = PostgresValue(try loads.map { try PostgresSeedCatalog.quotedName(of: $0.set.target) })
        for row in try await connection.query(PostgresSeedCatalog.versions, [names]) {
            let load = loads[try row.int(0) - 1]
            try await connection.query(
                "UPDATE nexenv.seed SET version = $2 WHERE name = $1",
                [PostgresValue(load.name), PostgresValue(try row.string(1))]
            )
        }
    }
}
