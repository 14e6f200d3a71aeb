import ClientTesting
import NexEnvTesting
import RedisClient
import Testing

/// Everything that needs a real server, one test after the other.
@Suite(
    .serialized,
    .timeLimit(.minutes(1)),
    .leases(.redis("test"), from: TestServers.path)
)
struct RedisTests {
    static func configuration(
        _ change: (inout RedisConfiguration) -> Void = { _ in }
    ) throws -> RedisConfiguration {
        var configuration = try Lease.current.redis().configuration
        configuration.connectTimeout = .seconds(5)
        configuration.silenceTimeout = .seconds(30)
        change(&configuration)
        return configuration
    }

    @discardableResult
    static func withConnection<Value>(
        _ body: (RedisConnection) async throws -> sending Value
    ) async throws -> sending Value {
        try await RedisConnection.withConnection(to: configuration(), body)
    }

    /// A key that no other run uses.
    static func key() -> String {
        "nexenv-test:\(UInt64.random(in: 0...UInt64.max))"
    }
}

/// Runs a closure and returns the error it must throw.
func redisError(
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Void
) async throws -> RedisError {
    do {
        try await body()
    } catch let error as RedisError {
        return error
    }
    throw NoError()
}

struct NoError: Error, CustomStringConvertible {
    var description: String { "nothing was thrown" }
}
