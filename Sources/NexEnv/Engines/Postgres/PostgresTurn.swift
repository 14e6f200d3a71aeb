import PostgresClient

/// One session of ours at a time works on a database.
///
/// The server goes on with the statement of a client that was killed, and then ends its session: what that statement did has
/// to be noted, or undone, before anybody reads it. Asked again and again and not waited for, since a session that waits would
/// hold up the `CREATE INDEX CONCURRENTLY` that it waits for (PostgreSQL, "Building Indexes Concurrently").
enum PostgresTurn {
    /// Waits until no other session works on the database; the connection keeps the turn until it ends.
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
        try await Turn.take(within: timeout, onWait: { onWait("waiting for \($0)") }) { try await tryTake(connection) }
    }

    /// Takes the turn, which the connection keeps until it ends.
    ///
    /// - Returns: Who has it, when somebody else has.
    static func tryTake(_ connection: PostgresConnection) async throws -> LockHolder? {
        // The one who has it may end between the two questions.
        while try await !connection.query("SELECT pg_try_advisory_lock(\(lockKey))")[0].bool(0) {
            if let holder = try await holder(connection) { return holder }
        }
        return nil
    }

    /// Who has the turn, as the server sees it.
    private static func holder(_ connection: PostgresConnection) async throws -> LockHolder? {
        let sql = """
            SELECT a.pid, a.application_name, a.client_addr, extract(epoch FROM a.backend_start),
                   CASE WHEN a.state = 'active' THEN left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120) END
              FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
             WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND (l.classid::bigint << 32 | l.objid::bigint) = \(lockKey)
            """
        guard let row = try await connection.query(sql).first else { return nil }
        let pid = try row.int(0)
        return LockHolder(
            name: "server process \(pid)",
            application: row[1].string,
            address: row[2].string,
            since: row[3].double,
            work: row[4].string,
            hint: "wait for it, or end it with `SELECT pg_terminate_backend(\(pid))`"
        )
    }

    /// The key of the advisory lock, which the session holds to its end: "nexenv" in ASCII.
    private static let lockKey = 0x6e65_7865_6e76
}
