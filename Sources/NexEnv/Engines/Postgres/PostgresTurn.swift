import PostgresClient

/// One session of ours at a time works on a database.
enum PostgresTurn {
    /// Waits until no other session works on the database; the connection keeps the turn until it ends.
    ///
    /// The server goes on with the statement of a client that was killed, and then ends its session: what that statement did
    /// has to be noted, or undone, before anybody reads it. Asked again and again and not waited for, since a session that
    /// waits would hold up the `CREATE INDEX CONCURRENTLY` that it waits for (PostgreSQL, "Building Indexes Concurrently").
    ///
    /// - Parameters:
    ///   - timeout: How long to wait.
    ///   - onWait: Told, once, who has the turn.
    /// - Throws: ``NexEnvError`` with `timed-out` that names who has it.
    static func take(
        _ connection: PostgresConnection,
        timeout: Duration,
        onWait: (String) -> Void
    ) async throws {
        let deadline = ContinuousClock.now + timeout
        var pause = 50
        var hasSaid = false
        while try await !connection.query("SELECT pg_try_advisory_lock(\(lockKey))")[0].bool(0) {
            if !hasSaid { onWait("waiting for \(try await holder(connection))") }
            hasSaid = true
            guard ContinuousClock.now < deadline else {
                throw NexEnvError(
                    .timedOut,
                    "the database is being worked on by \(try await holder(connection))",
                    hint: "wait for it, or end it there"
                )
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: pause / 2...pause)))
            pause = min(pause * 2, 1_000)
        }
    }

    /// Who has the turn, as the server sees it.
    private static func holder(_ connection: PostgresConnection) async throws -> String {
        let rows = try await connection.query(
            """
            SELECT a.pid, a.application_name, coalesce(a.client_addr::text, 'this machine'),
                   date_trunc('second', clock_timestamp() - a.backend_start)::text, left(a.query, 60)
              FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
             WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND (l.classid::bigint << 32 | l.objid::bigint) = \(lockKey)
            """
        )
        guard let row = rows.first else { return "another session" }
        let query = try row.string(4).split(whereSeparator: \.isNewline).joined(separator: " ")
        return
            "\(try row.string(1)) (server process \(try row.int(0)), from \(try row.string(2)), for \(try row.string(3)): \(query))"
    }

    /// The key of the advisory lock, which the session holds to its end: "nexenv" in ASCII.
    private static let lockKey = 0x6e65_7865_6e76
}
