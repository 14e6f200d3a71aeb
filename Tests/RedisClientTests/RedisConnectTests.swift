import ClientTesting
import RedisClient
import Testing

extension RedisTests {
    @Suite struct Connect {
        @Test func `a wrong password, two hundred times, leaks no files`() async throws {
            let configuration = try configuration { $0.password = "wrong" }
            let before = openFileCount()
            for _ in 1...200 {
                let error = try await redisError { _ = try await RedisConnection.connect(to: configuration) }
                #expect(error.code == .authenticationFailed)
                #expect(!error.debugDescription.contains("wrong"))
            }
            // Suites of other clients run at the same time and have a few files of their own.
            #expect(openFileCount() - before < 50)
        }

        @Test func `connections that are dropped close themselves`() async throws {
            let configuration = try configuration()
            let before = openFileCount()
            for _ in 1...80 { _ = try await RedisConnection.connect(to: configuration) }
            #expect(openFileCount() - before < 50)
        }

        @Test func `no password where one is needed`() async throws {
            let configuration = try configuration { $0.password = nil }
            let error = try await redisError { _ = try await RedisConnection.connect(to: configuration) }
            #expect(error.code == .authenticationFailed)
            #expect(error.prefix == "NOAUTH")
        }

        @Test func `a user of an access control list`() async throws {
            try await withConnection { admin async throws in
                let name = "nexenv-test-\(UInt32.random(in: 0...UInt32.max))"
                try await admin.send(["ACL", "SETUSER", .init(name), "on", ">pw", "+ping", "+select", "~*"])
                let configuration = try configuration {
                    $0.username = name
                    $0.password = "pw"
                }
                try await RedisConnection.withConnection(to: configuration) { connection async throws in
                    let error = try await redisError { try await connection.send(["GET", "x"]) }
                    #expect(error.prefix == "NOPERM")
                }
                try await admin.send(["ACL", "DELUSER", .init(name)])
            }
        }

        @Test func `the database is selected`() async throws {
            try await RedisConnection.withConnection(to: configuration { $0.database = 3 }) { connection async throws in
                #expect(try await connection.send(["CLIENT", "INFO"]).text?.contains(" db=3 ") == true)
            }
            let error = try await redisError {
                _ = try await RedisConnection.connect(to: configuration { $0.database = 9999 })
            }
            #expect(error.code == .server)
        }

        @Test func `a connection that the server kills`() async throws {
            try await withConnection { connection async throws in
                let id = try #require(try await connection.send(["CLIENT", "ID"]).int)
                let task = Task { try await connection.send(["BLPOP", .init(key()), 30]) }
                try await Task.sleep(for: .milliseconds(100))
                try await withConnection { other async throws in
                    try await other.send(["CLIENT", "KILL", "ID", .init(id)])
                }
                #expect(try await redisError { _ = try await task.value }.code == .connectionLost)
                #expect(try await redisError { try await connection.send(["PING"]) }.code == .closed)
            }
        }

        @Test func `a cancelled command ends at once and closes the connection`() async throws {
            try await withConnection { connection async throws in
                let task = Task { try await connection.send(["BLPOP", .init(key()), 30]) }
                try await Task.sleep(for: .milliseconds(100))
                let start = ContinuousClock.now
                task.cancel()
                #expect(try await redisError { _ = try await task.value }.code == .cancelled)
                #expect(start.duration(to: .now) < .seconds(15))
                #expect(try await redisError { try await connection.send(["PING"]) }.code == .closed)
            }
        }

        @Test func `a silent server is given up`() async throws {
            let configuration = try configuration { $0.silenceTimeout = .milliseconds(200) }
            try await RedisConnection.withConnection(to: configuration) { connection async throws in
                #expect(
                    try await redisError { try await connection.send(["BLPOP", .init(key()), 30]) }.code == .timedOut
                )
            }
        }

        /// Eight clients block until a ninth sees all of them blocked: they only end if they run at the same time.
        @Test func `blocking connections overlap on a small machine`() async throws {
            let key = RedisArgument(key())
            try await withThrowingTaskGroup { group in
                for _ in 1...8 {
                    group.addTask {
                        let reply = try await withConnection { connection async throws in
                            try await connection.send(["BLPOP", key, 10])
                        }
                        #expect(reply.array?.count == 2)
                    }
                }
                try await withConnection { gate async throws in
                    var blocked = 0
                    while blocked < 8 {
                        let info = try await gate.send(["CLIENT", "LIST"]).text ?? ""
                        blocked = info.split(separator: "\n").count { $0.contains("cmd=blpop") }
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    try await gate.send(["RPUSH", key, 1, 2, 3, 4, 5, 6, 7, 8])
                }
                try await group.waitForAll()
            }
        }
    }
}
