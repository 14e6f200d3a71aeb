import ClientTesting
import NexEnvTesting
import PostgresClient
import Testing

/// Everything that needs a real server, one test after the other: tests of one process share its count of open files.
@Suite(
    .serialized,
    .timeLimit(.minutes(1)),
    .leases(.postgres("test"), from: TestServers.path)
)
struct PostgresTests {}

extension PostgresTests {
    static func configuration(
        _ change: (inout PostgresConfiguration) -> Void = { _ in }
    ) throws -> PostgresConfiguration {
        var configuration = try Lease.current.postgres().configuration
        configuration.connectTimeout = .seconds(5)
        configuration.silenceTimeout = .seconds(30)
        change(&configuration)
        return configuration
    }

    @discardableResult
    static func withConnection<Value>(
        _ body: (PostgresConnection) async throws -> sending Value
    ) async throws -> sending Value {
        try await PostgresConnection.withConnection(to: configuration(), body)
    }
}

/// Runs a closure and returns the error it must throw.
func postgresError(
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Void
) async throws -> PostgresError {
    do {
        try await body()
    } catch let error as PostgresError {
        return error
    }
    throw NoError()
}

/// Returns how long a task takes to fail once it is cancelled, and its error.
func cancelling<Value: Sendable>(_ task: Task<Value, any Error>) async throws -> (PostgresError, Duration) {
    let start = ContinuousClock.now
    task.cancel()
    let error = try await postgresError { _ = try await task.value }
    return (error, start.duration(to: .now))
}

struct NoError: Error, CustomStringConvertible {
    var description: String { "nothing was thrown" }
}
