import PostgresClient

/// What has been applied to a database, kept in the database itself: `nexenv.ledger`, and `nexenv.history` beside it.
struct PostgresLedger: Sendable {
    private(set) var entries: [LedgerEntry] = []

    func entry(_ kind: LedgerEntry.Kind, _ name: String) -> LedgerEntry? {
        entries.first { $0.kind == kind && $0.name == name }
    }

    /// Reads the ledger; a database without one has an empty one.
    static func read(_ connection: PostgresConnection) async throws -> PostgresLedger {
        guard try await exists("ledger", connection) else { return PostgresLedger() }
        return try await readExisting(connection)
    }

    /// Reads the ledger of a database that has one.
    static func readExisting(_ connection: PostgresConnection) async throws -> PostgresLedger {
        // A ledger of old lacks columns, which come as nothing this way.
        let rows = try await connection.query(
            """
            SELECT kind, name, checksum, statements_done, in_flight, is_complete, extract(epoch FROM applied_at),
                   to_jsonb(ledger) ->> 'tokens', to_jsonb(ledger) ->> 'statement'
              FROM nexenv.ledger
            """
        )
        return PostgresLedger(
            entries: try rows.map { row in
                let kind = LedgerEntry.Kind(rawValue: try row.string(0))
                var entry = LedgerEntry(kind, try row.string(1), checksum: try row.string(2))
                entry.statementsDone = try row.int(3)
                entry.isInFlight = try row.bool(4)
                entry.isComplete = try row.bool(5)
                entry.time = row[6].double
                entry.tokens = row[7].string
                entry.statement = row[8].string
                return entry
            }
        )
    }

    /// Makes the tables where they are missing; whoever may log in may read them, only the superuser writes.
    static func prepare(_ connection: PostgresConnection) async throws {
        guard try await !exists("history", connection) else { return }
        try await connection.execute(definition)
    }

    private static func exists(_ table: String, _ connection: PostgresConnection) async throws -> Bool {
        try await connection.query("SELECT to_regclass('nexenv.\(table)') IS NOT NULL")[0].bool(0)
    }

    private static let definition = """
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
        ALTER TABLE nexenv.ledger ADD COLUMN IF NOT EXISTS tokens text;
        ALTER TABLE nexenv.ledger ADD COLUMN IF NOT EXISTS statement text;
        CREATE TABLE IF NOT EXISTS nexenv.history (
            id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name        text        NOT NULL,
            direction   text        NOT NULL,
            checksum    text        NOT NULL,
            done_by     text        NOT NULL,
            done_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
            duration_ms integer     NOT NULL
        );
        COMMENT ON SCHEMA nexenv IS 'What nexenv has applied to this database.';
        GRANT USAGE ON SCHEMA nexenv TO PUBLIC;
        GRANT SELECT ON nexenv.ledger, nexenv.history TO PUBLIC;
        GRANT SELECT ON ALL SEQUENCES IN SCHEMA nexenv TO PUBLIC;
        """

    /// Writes an entry; part of whatever transaction the session is in.
    static func write(_ entry: LedgerEntry, on session: PostgresSession) throws(PostgresError) {
        try session.query(
            """
            INSERT INTO nexenv.ledger
                (kind, name, checksum, statements_done, in_flight, is_complete, tokens, statement)
            VALUES ($1, $2, $3, $4::integer, $5::boolean, $6::boolean, $7, $8)
            ON CONFLICT (kind, name) DO UPDATE SET
                checksum = excluded.checksum, statements_done = excluded.statements_done,
                in_flight = excluded.in_flight, is_complete = excluded.is_complete,
                tokens = excluded.tokens, statement = excluded.statement, applied_at = clock_timestamp()
            """,
            [
                PostgresValue(entry.kind.rawValue), PostgresValue(entry.name), PostgresValue(entry.checksum),
                PostgresValue(entry.statementsDone), PostgresValue(entry.isInFlight), PostgresValue(entry.isComplete),
                PostgresValue(entry.tokens), PostgresValue(entry.statement),
            ]
        )
    }

    /// Forgets an entry; part of whatever transaction the session is in.
    static func remove(
        _ kind: LedgerEntry.Kind,
        _ name: String,
        on session: PostgresSession
    ) throws(PostgresError) {
        try session.query(
            "DELETE FROM nexenv.ledger WHERE kind = $1 AND name = $2",
            [PostgresValue(kind.rawValue), PostgresValue(name)]
        )
    }

    // MARK: - History

    /// Notes that a migration went up or down; part of whatever transaction the session is in.
    static func add(_ entry: HistoryEntry, on session: PostgresSession) throws(PostgresError) {
        try session.query(
            """
            INSERT INTO nexenv.history (name, direction, checksum, done_by, duration_ms)
            VALUES ($1, $2, $3, $4, $5::integer)
            """,
            [
                PostgresValue(entry.name), PostgresValue(entry.direction.rawValue), PostgresValue(entry.checksum),
                PostgresValue(entry.user), PostgresValue(Int(entry.seconds * 1_000)),
            ]
        )
    }

    /// Reads what has happened, the oldest first; a database in which nothing has is one without such a table.
    static func history(_ connection: PostgresConnection) async throws -> [HistoryEntry] {
        guard try await exists("history", connection) else { return [] }
        let rows = try await connection.query(
            """
            SELECT name, direction, checksum, done_by, extract(epoch FROM done_at), duration_ms
              FROM nexenv.history ORDER BY id
            """
        )
        return try rows.map { row in
            HistoryEntry(
                name: try row.string(0),
                direction: MigrationDirection(rawValue: try row.string(1)) ?? .up,
                checksum: try row.string(2),
                user: try row.string(3),
                time: row[4].double ?? 0,
                seconds: Double(try row.int(5)) / 1_000
            )
        }
    }
}
