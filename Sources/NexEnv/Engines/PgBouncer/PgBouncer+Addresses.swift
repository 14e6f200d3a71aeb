extension PgBouncer {
    /// The name under which PgBouncer has its own console.
    private static let console = "pgbouncer"

    /// The databases are those of the server behind; without one, it is PgBouncer's own console.
    package func address(of database: String?, on server: RunningServer) -> DatabaseAddress? {
        guard let backend = server.backend else { return nil }
        if let database { return pooledAddress(of: database, on: server) }
        let administrator = Self.administrator(of: backend.service)
        return DatabaseAddress(
            scheme: "postgresql",
            endpoint: server.endpoint,
            user: administrator,
            password: backend.passwords[administrator],
            database: Self.console
        )
    }
}

extension PgBouncer: ShellEngine {
    package func shell(at address: DatabaseAddress, insidePort: Int, command: String?) -> ShellCommand? {
        Postgres().shell(at: address, insidePort: insidePort, command: command)
    }
}
