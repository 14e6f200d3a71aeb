import ClientTesting
import MongoClient
import Testing

/// Everything that needs a real server, one test after the other; all databases begin with `nexenv_test_`.
@Suite(
    .serialized,
    .timeLimit(.minutes(1)),
    .enabled(if: TestServer.mongo.takesPart, "NEXENV_TEST_MONGO_URL isn't set")
)
struct MongoTests {
    static func configuration(
        _ change: (inout MongoConfiguration) -> Void = { _ in }
    ) throws -> MongoConfiguration {
        var configuration = try MongoConfiguration(url: TestServer.mongo.url)
        configuration.connectTimeout = .seconds(5)
        configuration.socketTimeout = .seconds(30)
        change(&configuration)
        return configuration
    }

    /// Runs a closure with a connection and a database of its own, which is dropped afterwards.
    static func withDatabase(_ body: (MongoConnection, String) async throws -> Void) async throws {
        let database = "nexenv_test_\(UInt32.random(in: 0...UInt32.max))"
        try await MongoConnection.withConnection(to: configuration()) { connection async throws in
            do {
                try await body(connection, database)
            } catch {
                _ = try? await connection.run(["dropDatabase": 1], in: database)
                throw error
            }
            try await connection.run(["dropDatabase": 1], in: database)
        }
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
