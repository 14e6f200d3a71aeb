extension NexEnvError {
    /// A failure of migrating at no statement in particular.
    ///
    /// - Parameters:
    ///   - message: What the server, or its client, says.
    ///   - isLost: Whether the connection is gone.
    ///   - hint: What to do where it isn't.
    static func migrating(
        _ database: String,
        on server: RunningServer,
        _ message: String,
        isLost: Bool,
        hint: String? = nil,
        _ underlying: any Error
    ) -> NexEnvError {
        NexEnvError(
            isLost ? .serviceFailed : .sqlFailed,
            isLost ? "the connection was lost: \(message)" : message,
            service: server.service.name,
            database: database,
            hint: isLost ? Turn.goesOn : hint,
            underlying: underlying
        )
    }
}
