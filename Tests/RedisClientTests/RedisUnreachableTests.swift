import ClientTesting
import RedisClient
import Testing

/// Failures to connect that need no server.
@Suite struct RedisUnreachableTests {
    private func connect(port: Int, timeout: Duration = .milliseconds(300)) async throws {
        var configuration = RedisConfiguration(port: port, password: "s3cret")
        configuration.connectTimeout = timeout
        try await RedisConnection.withConnection(to: configuration) { _ in }
    }

    @Test func `a port where nobody listens`() async throws {
        let port = try LocalListener(.silent).port
        #expect(try await redisError { try await connect(port: port) }.code == .unreachable)
    }

    @Test func `a proxy that accepts and closes`() async throws {
        let listener = try LocalListener(.closing)
        #expect(try await redisError { try await connect(port: listener.port) }.code == .unreachable)
    }

    @Test func `a listener that stays silent`() async throws {
        let listener = try LocalListener(.silent)
        let error = try await redisError { try await connect(port: listener.port) }
        #expect(error.code == .timedOut)
        #expect(!error.debugDescription.contains("s3cret"))
    }

    @Test func `connecting can be cancelled`() async throws {
        let listener = try LocalListener(.silent)
        let task = Task { try await connect(port: listener.port, timeout: .seconds(30)) }
        try await Task.sleep(for: .milliseconds(50))
        let start = ContinuousClock.now
        task.cancel()
        #expect(try await redisError { try await task.value }.code == .cancelled)
        #expect(start.duration(to: .now) < .seconds(15))
    }

    /// Both sides have more to say than the socket buffers hold, and the server reads nothing before its replies are taken.
    ///
    /// A command is an array of strings, so that sent back it is a reply.
    @Test func `sending doesn't wait for the end of receiving, nor the other way round`() async throws {
        let listener = try LocalListener(.echoing)
        var configuration = RedisConfiguration(port: listener.port)
        configuration.silenceTimeout = .seconds(5)
        try await RedisConnection.withConnection(to: configuration) { connection async throws in
            let command: [RedisArgument] = ["ECHO", .init(bytes: [UInt8](repeating: 7, count: 1_000_000))]
            let replies = try await connection.pipeline([[RedisArgument]](repeating: command, count: 30))
            #expect(replies.allSatisfy { $0.array?.last?.bytes?.count == 1_000_000 })
        }
    }

    @Test(arguments: [
        ("-LOADING Redis is loading the dataset in memory\r\n", RedisError.Code.loading),
        ("-ERR invalid password\r\n-NOAUTH Authentication required.\r\n", .authenticationFailed),
        ("-ERR max number of clients reached\r\n", .server),
        ("HTTP/1.1 400 Bad Request\r\n", .unreachable),
    ])
    func `what a server in trouble says is understood`(answer: String, code: RedisError.Code) async throws {
        let listener = try LocalListener(.answering(Array(answer.utf8)))
        #expect(try await redisError { try await connect(port: listener.port) }.code == code)
    }
}

@Suite struct RedisConfigurationTests {
    @Test func `every part of a URL`() throws {
        let configuration = try RedisConfiguration(url: "redis://us%40er:p%3Aw@cache.example:6380/7")
        #expect(configuration.username == "us@er")
        #expect(configuration.password == "p:w")
        #expect(configuration.host == "cache.example")
        #expect(configuration.port == 6380)
        #expect(configuration.database == 7)
    }

    @Test func `defaults`() throws {
        let configuration = try RedisConfiguration(url: "redis://:pw@localhost")
        #expect(configuration.username == nil)
        #expect(configuration.password == "pw")
        #expect(configuration.port == 6379)
        #expect(configuration.database == 0)
    }

    @Test(arguments: ["", "rediss://:s3cret@h", "redis://:s3cret@h/x", "redis://:s3cret@h/-1", "redis://:s3cret@h:0"])
    func `what isn't a URL is refused without repeating it`(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.debugDescription.contains("s3cret") == false)
    }

    @Test func `a configuration doesn't print its password`() {
        let configuration = RedisConfiguration(password: "s3cret")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(dumped) \(String(reflecting: configuration))".contains("s3cret"))
    }
}
