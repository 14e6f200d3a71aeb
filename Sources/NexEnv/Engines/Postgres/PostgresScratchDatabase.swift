import PostgresClient

/// The name of a database beside the declared ones, that nobody else uses as long as we are logged in.
///
/// A log-in to the maintenance database holds an advisory lock with the name's number: by that others know that the database
/// is in use, and drop it when the lock is free.
struct PostgresScratchDatabase: Sendable {
    let name: ScratchName
    private let admin: PostgresConnection

    /// Takes a name; the database itself is for the caller to make.
    ///
    /// - Parameter admin: A log-in to the maintenance database, which has to stay open.
    init(_ admin: PostgresConnection) async throws {
        self.admin = admin
        name = .random()
        guard try await Self.tryLock(name, admin) else { throw NexEnvError(.bug, "a random number came twice") }
    }

    /// Runs a body with a name, and drops what has that name afterwards.
    static func with<Value: Sendable>(
        _ maintenance: PostgresConfiguration,
        _ body: @Sendable (String) async throws -> Value
    ) async throws -> Value {
        try await PostgresConnection.withConnection(to: maintenance) { admin in
            try await removeAbandoned(admin)
            let scratch = try await PostgresScratchDatabase(admin)
            do {
                let value = try await body(scratch.name.name)
                try await scratch.drop()
                return value
            } catch {
                // Shielded: the run may be ending because it was cancelled; what stays is the next run's to remove.
                await Task.detached { try? await scratch.drop() }.value
                throw error
            }
        }
    }

    /// The query for names: of databases that are there, and of ones that the server is making, also for a client that is gone.
    static let names = """
        SELECT datname AS name FROM pg_database WHERE datname LIKE 'nexenv\\_scratch\\_%'
        UNION
        SELECT substring(query FROM 'nexenv_scratch_[0-9a-f]{12}') FROM pg_stat_activity
         WHERE state = 'active' AND query LIKE 'CREATE DATABASE %nexenv\\_scratch\\_%'
        """

    /// Drops what runs that were killed have left behind.
    ///
    /// - Parameter patience: How long the server may take to see that such a run is gone.
    static func removeAbandoned(_ admin: PostgresConnection, patience: Duration = .seconds(1)) async throws {
        for row in try await admin.query(names) {
            guard let name = ScratchName(row[0].string ?? "") else { continue }
            let isOurs = try await Turn.isTaken(within: patience) {
                try await tryLock(name, admin) ? nil : LockHolder(name: "")
            }
            guard isOurs else { continue }
            try await drop(name, admin)
            try await admin.query("SELECT pg_advisory_unlock(\(name.number))")
        }
    }

    /// Drops the database of the name, if there is one.
    func drop() async throws { try await Self.drop(name, admin) }

    private static func tryLock(_ name: ScratchName, _ admin: PostgresConnection) async throws -> Bool {
        let sql = """
            SELECT pg_try_advisory_lock(\(name.number)) AND NOT EXISTS (
                SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'CREATE DATABASE %\(name.name)%')
            """
        return try await admin.query(sql)[0].bool(0)
    }

    private static func drop(_ name: ScratchName, _ admin: PostgresConnection) async throws {
        // By force: workers of extensions stay logged in.
        try await admin.query("DROP DATABASE IF EXISTS \(PostgresIdentifier.quoted(name.name)) WITH (FORCE)")
    }
}
