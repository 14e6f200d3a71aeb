#if MongoDB
import MongoClient

extension MongoError {
    /// Returns what to throw where migrating failed at no command in particular.
    func thrown(by server: RunningServer, _ database: String) -> any Error {
        if code == .cancelled { return CancellationError() }
        let isLost = [.connectionLost, .closed, .timedOut, .unreachable].contains(code)
        return NexEnvError.migrating(database, on: server, message, isLost: isLost, self)
    }
}
#endif
