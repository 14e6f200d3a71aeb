import PostgresClient

/// What has been applied to a database, kept in the database itself: `nexenv.ledger`.
struct PostgresLedger: Sendable {
    /// What kind of thing was applied.
    enum Kind: String, Sendable {
        case initFile = "init"
    }

    /// One file's state.
    struct Entry: Sendable, Hashable {
        var kind: String
        var name: String
        var checksum: String
        /// How many statements are done.
        var statementsDone: Int
        /// Whether the next statement had begun outside a transaction when this was written.
        var isInFlight: Bool
        var isComplete: Bool
    }

    private var entries: [Entry] = []
    private(set) var exists = false

    func entry(_ kind: Kind, _ name: String) -> Entry? {
        entries.first { $0.kind == kind.rawValue && $0.name == name }
    }

    /// Reads the ledger; a database without one has an empty one.
    static func read(_ connection: PostgresConnection) async throws -> PostgresLedger {
        var ledger = PostgresLedger()
        guard try await connection.query("SELECT to_regclass('nexenv.ledger') IS NOT NULL")[0].bool(0) else {
            return ledger
        }
        let rows = try await connection.query(
            "SELECT kind, name, checksum, statements_done, in_flight, is_complete FROM nexenv.ledger"
        )
        ledger.exists = true
        ledger.entries = try rows.map { row in
            Entry(
                kind: try row.string(0),
                name: try row.string(1),
                checksum: try row.string(2),
                statementsDone: try row.int(3),
                isInFlight: try row.bool(4),
                isComplete: try row.bool(5)
            )
        }
        return ledger
    }

    /// Makes the ledger's table; whoever may log in may read it, only the superuser writes.
    static let definition = """
        CREATE SCHEMA IF NOT EXISTS nexenv;
        CREATE TABLE IF NOT EXISTS nexenv.ledger (
            kind            text        NOT NULL,
            name            text        NOT NULL,
            checksum        text        NOT NULL,
            statements_done integer     NOT NULL,
            in_flight       boolean     NOT NULL DEFAULT false,
            is_complete     boolean     NOT NULL,
            applied_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (kind, name)
        );
        COMMENT ON SCHEMA nexenv IS 'What nexenv has applied to this database.';
        GRANT USAGE ON SCHEMA nexenv TO PUBLIC;
        GRANT SELECT ON nexenv.ledger TO PUBLIC;
        """

    /// Writes an entry; part of whatever transaction the session is in.
    static func write(_ entry: Entry, on session: PostgresSession) throws(PostgresError) {
        _ = try session.query(
            """
            INSERT INTO nexenv.ledger (kind, name, checksum, statements_done, in_flight, is_complete)
            VALUES ($1, $2, $3, $4::integer, $5::boolean, $6::boolean)
            ON CONFLICT (kind, name) DO UPDATE SET
                checksum = excluded.checksum, statements_done = excluded.statements_done,
                in_flight = excluded.in_flight, is_complete = excluded.is_complete, applied_at = clock_timestamp()
            """,
            [
                PostgresValue(entry.kind), PostgresValue(entry.name), PostgresValue(entry.checksum),
                PostgresValue(entry.statementsDone), PostgresValue(entry.isInFlight), PostgresValue(entry.isComplete),
            ]
        )
    }
}
