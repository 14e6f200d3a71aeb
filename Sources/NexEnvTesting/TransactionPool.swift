import NexEnv
import PostgresClient
import Synchronization

/// Copies of this process in which tests are rolled back: they are logged in to once for many tests.
final class TransactionPool: Sendable {
    private struct Idle: Sendable {
        let number: Int
        let copy: LeasedDatabase
        let connection: PostgresConnection
    }

    private struct State {
        var idle: [LeaseRequest: [Idle]] = [:]
        var count = 0
    }

    /// How long a copy waits for the next test, before others get it.
    private static let patience = Duration.seconds(1)

    private let state = Mutex(State())

    /// Returns a copy with a connection that an earlier test has left, if there is one.
    func take(_ request: LeaseRequest) async throws -> LeasedTransaction? {
        while let idle = state.withLock({ $0.idle[request]?.popLast() }) {
            do {
                return try await .begin(in: idle.copy, with: idle.connection, request, self)
            } catch is PostgresError {
                // The server was restarted meanwhile.
                await idle.connection.close()
                _ = try await idle.copy.giveBack()
            }
        }
        return nil
    }

    /// Keeps a copy for the next test, unless others need it.
    ///
    /// - Returns: What is found to be left behind in it.
    func take(back copy: LeasedDatabase, _ connection: PostgresConnection, _ request: LeaseRequest) async throws
        -> [String]
    {
        let number = state.withLock { state -> Int? in
            // Most stay for tests that want a copy as a whole.
            guard state.idle[request, default: []].count < copy.source.slots / 4 else { return nil }
            state.count += 1
            state.idle[request, default: []].append(Idle(number: state.count, copy: copy, connection: connection))
            return state.count
        }
        guard let number else {
            await connection.close()
            return try await copy.giveBack()
        }
        Task.detached {
            try? await Task.sleep(for: Self.patience)
            let idle = self.state.withLock { state -> Idle? in
                guard let index = state.idle[request]?.firstIndex(where: { $0.number == number }) else { return nil }
                return state.idle[request]?.remove(at: index)
            }
            guard let idle else { return }
            await idle.connection.close()
            _ = try? await idle.copy.giveBack()
        }
        return []
    }
}
