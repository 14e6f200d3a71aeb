import ClientTesting
import MongoClient
import NexEnvTesting
import Testing

/// Everything that needs a real server, one test after the other.
@Suite(
    .serialized,
    .timeLimit(.minutes(1)),
    .leases(.mongodb("test"), from: TestServers.path)
)
struct MongoTests {
    static func configuration(
        _ change: (inout MongoConfiguration) -> Void = { _ in }
    ) throws -> MongoConfiguration {
        var configuration = try Lease.current.mongodb().configuration
        configuration.connectTimeout = .seconds(5)
        configuration.socketTimeout = .seconds(30)
        change(&configuration)
        return configuration
    }

    /// Runs a closure with a connection and the name of the test's database.
    static func withDatabase(_ body: (MongoConnection, String) async throws -> Void) async throws {
        let database = try Lease.current.mongodb().name
        try await MongoConnection.withConnection(to: configuration()) { try await body($0, database) }
    }
}

/// Runs a closure and returns the error it must throw.
func mongoError(
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Void
) async throws -> MongoError {
    do {
        try await body()
    } catch let error as MongoError {
        return error
    }
    throw NoError()
}

struct NoError: Error, CustomStringConvertible {
    var description: String { "nothing was thrown" }
}
