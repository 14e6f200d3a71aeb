import PostgresClient

extension PostgresError {
    /// Returns what to throw where migrating failed at no statement in particular.
    func thrown(by server: RunningServer, _ database: String) -> any Error {
        if code == .cancelled { return CancellationError() }
        let isLost = [.connectionLost, .closed, .timedOut, .unreachable].contains(code)
        let hint = code == .unknownDatabase ? "`nexenv up` makes it" : hint
        return NexEnvError.migrating(database, on: server, message, isLost: isLost, hint: hint, self)
    }
}
