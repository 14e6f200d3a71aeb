import ClientTesting
import MongoClient
import Testing

/// Failures to connect that need no server.
@Suite struct MongoUnreachableTests {
    private func connect(port: Int, timeout: Duration = .milliseconds(300)) async throws {
        var configuration = MongoConfiguration(port: port, user: "nobody", password: "s3cret")
        configuration.connectTimeout = timeout
        try await MongoConnection.withConnection(to: configuration) { _ in }
    }

    @Test func `a port where nobody listens`() async throws {
        let port = try LocalListener(.silent).port
        #expect(try await mongoError { try await connect(port: port) }.code == .unreachable)
    }

    @Test func `a proxy that accepts and closes`() async throws {
        let listener = try LocalListener(.closing)
        #expect(try await mongoError { try await connect(port: listener.port) }.code == .unreachable)
    }

    @Test func `a server of another kind`() async throws {
        let listener = try LocalListener(.answering(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)))
        #expect(try await mongoError { try await connect(port: listener.port) }.code == .unreachable)
    }

    @Test func `a listener that stays silent`() async throws {
        let listener = try LocalListener(.silent)
        let error = try await mongoError { try await connect(port: listener.port) }
        #expect(error.code == .timedOut)
        #expect(!error.debugDescription.contains("s3cret"))
    }

    @Test func `connecting can be cancelled`() async throws {
        let listener = try LocalListener(.silent)
        let task = Task { try await connect(port: listener.port, timeout: .seconds(30)) }
        try await Task.sleep(for: .milliseconds(50))
        let start = ContinuousClock.now
        task.cancel()
        #expect(try await mongoError { try await task.value }.code == .cancelled)
        #expect(start.duration(to: .now) < .seconds(15))
    }
}

@Suite struct MongoConfigurationTests {
    @Test func `every part of a URL`() throws {
        let configuration = try MongoConfiguration(
            url: "mongodb://us%40er:p%3Aw@db.example:27018/shop?directConnection=false&appName=a&connectTimeoutMS=5"
                + "&socketTimeoutMS=6&serverSelectionTimeoutMS=7&replicaSet=rs0"
        )
        #expect(configuration.user == "us@er")
        #expect(configuration.password == "p:w")
        #expect(configuration.host == "db.example")
        #expect(configuration.port == 27018)
        #expect(configuration.authSource == "shop")
        #expect(configuration.directConnection == false)
        #expect(configuration.appName == "a")
        #expect(configuration.connectTimeout == .milliseconds(5))
        #expect(configuration.socketTimeout == .milliseconds(6))
        #expect(configuration.serverSelectionTimeout == .milliseconds(7))
    }

    @Test func `defaults`() throws {
        let configuration = try MongoConfiguration(url: "mongodb://localhost")
        #expect(configuration.user == nil)
        #expect(configuration.port == 27017)
        #expect(configuration.authSource == "admin")
        #expect(configuration.directConnection)
        #expect(try MongoConfiguration(url: "mongodb://h/shop?authSource=users").authSource == "users")
    }

    @Test(arguments: [
        "", "mongodb+srv://u:s3cret@h", "mongodb://u:s3cret@a,b", "mongodb://u:s3cret@h/?tls=true",
        "mongodb://u:s3cret@h/?connectTimeoutMS=x", "mongodb://u:s3cret@h/?directConnection=maybe",
    ])
    func `what isn't a URL is refused without repeating it`(url: String) {
        let error = #expect(throws: MongoError.self) { try MongoConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.debugDescription.contains("s3cret") == false)
    }

    @Test func `a configuration doesn't print its password`() {
        let configuration = MongoConfiguration(user: "me", password: "s3cret")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(dumped) \(String(reflecting: configuration))".contains("s3cret"))
    }
}
