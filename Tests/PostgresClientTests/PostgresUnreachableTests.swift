import ClientTesting
import PostgresClient
import Testing

/// Failures to connect that need no server.
@Suite struct PostgresUnreachableTests {
    private func configuration(port: Int) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(port: port, user: "nobody", password: "s3cret", database: "none")
        configuration.connectTimeout = .milliseconds(300)
        return configuration
    }

    @Test func `a port where nobody listens`() async throws {
        let port = try LocalListener(.silent).port
        let error = try await postgresError { _ = try await PostgresConnection.connect(to: configuration(port: port)) }
        #expect(error.code == .unreachable)
    }

    @Test func `a proxy that accepts and closes`() async throws {
        let listener = try LocalListener(.closing)
        let error = try await postgresError {
            _ = try await PostgresConnection.connect(to: configuration(port: listener.port))
        }
        #expect(error.code == .unreachable)
    }

    @Test func `a listener that stays silent`() async throws {
        let listener = try LocalListener(.silent)
        let error = try await postgresError {
            _ = try await PostgresConnection.connect(to: configuration(port: listener.port))
        }
        #expect(error.code == .timedOut)
        #expect(!error.debugDescription.contains("s3cret"))
    }

    @Test func `connecting can be cancelled`() async throws {
        let listener = try LocalListener(.silent)
        var configuration = configuration(port: listener.port)
        configuration.connectTimeout = .seconds(30)
        let task = Task { [configuration] in _ = try await PostgresConnection.connect(to: configuration) }
        try await Task.sleep(for: .milliseconds(50))
        let (error, elapsed) = try await cancelling(task)
        #expect(error.code == .cancelled)
        #expect(elapsed < .seconds(15))
    }

    @Test(arguments: [
        ("57P03", PostgresError.Code.startingUp), ("53300", .tooManyConnections), ("28000", .authenticationFailed),
        ("3D000", .unknownDatabase), ("42501", .server),
    ])
    func `the server's refusal is understood by its SQLSTATE`(state: String, code: PostgresError.Code) async throws {
        let listener = try LocalListener(.answering(Self.refusal(state)))
        let error = try await postgresError {
            _ = try await PostgresConnection.connect(to: configuration(port: listener.port))
        }
        #expect(error.code == code)
        #expect(error.sqlState == state)
        #expect(error.message == "das Datenbanksystem startet")
    }

    /// An ErrorResponse message as a server in another language sends it.
    private static func refusal(_ state: String) -> [UInt8] {
        let fields = [
            "SFATAL", "VFATAL", "C\(state)", "Mdas Datenbanksystem startet", "Fpostmaster.c", "L1", "RProcess",
        ]
        let body = fields.flatMap { field -> [UInt8] in Array(field.utf8) + [0] } + [0]
        let length = UInt32(body.count + 4).bigEndian
        return [UInt8(ascii: "E")] + withUnsafeBytes(of: length, Array.init) + body
    }
}
