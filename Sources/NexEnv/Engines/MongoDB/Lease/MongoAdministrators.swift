#if MongoDB
import MongoClient
import Synchronization

/// The connections by which this process has brought copies back: logging in (SCRAM) is most of what that costs.
final class MongoAdministrators: Sendable {
    private let idle = Mutex<[MongoConnection]>([])

    /// Logs in, or goes on where this process is logged in.
    ///
    /// - Parameter body: Runs once more where the connection was lost meanwhile.
    func withConnection<Value: Sendable>(
        to configuration: MongoConfiguration,
        _ body: (MongoConnection) async throws -> Value
    ) async throws -> Value {
        if let kept = idle.withLock({ $0.popLast() }) {
            do {
                return try await run(on: kept, body)
            } catch let error as MongoError where [.connectionLost, .unreachable].contains(error.code) {
                // The server was restarted meanwhile.
            }
        }
        return try await run(on: .connect(to: configuration), body)
    }

    private func run<Value: Sendable>(
        on connection: MongoConnection,
        _ body: (MongoConnection) async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await body(connection)
            idle.withLock { $0.append(connection) }
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}
#endif
