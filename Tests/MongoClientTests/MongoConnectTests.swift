import ClientTesting
import MongoClient
import Testing

extension MongoTests {
    @Suite struct Connect {
        /// A command that runs for long, unless it is stopped.
        static let slow: BSONDocument = [
            "aggregate": 1,
            "pipeline": [
                ["$documents": [["a": 1]]],
                [
                    "$project": [
                        "x": [
                            "$function": [
                                "body": "function() { sleep(30000); return 1; }", "args": [], "lang": "js",
                            ]
                        ]
                    ]
                ],
            ], "cursor": [:],
        ]

        @Test func `a wrong password, a hundred times, leaks no files`() async throws {
            let configuration = try configuration { $0.password = "wrong" }
            let before = openFileCount()
            for _ in 1...100 {
                let error = try await mongoError { _ = try await MongoConnection.connect(to: configuration) }
                #expect(error.code == .authenticationFailed)
                #expect(!error.debugDescription.contains("wrong"))
            }
            // Suites of other clients run at the same time and have a few files of their own.
            #expect(openFileCount() - before < 50)
        }

        @Test func `connections that are dropped close themselves`() async throws {
            let configuration = try configuration()
            let before = openFileCount()
            for _ in 1...80 { _ = try await MongoConnection.connect(to: configuration) }
            #expect(openFileCount() - before < 50)
        }

        @Test func `a cancelled command ends at once, and the next one works`() async throws {
            try await withDatabase { connection, _ async throws in
                let task = Task { try await connection.run(Self.slow, in: "admin") }
                try await Task.sleep(for: .milliseconds(200))
                let start = ContinuousClock.now
                task.cancel()
                #expect(try await mongoError { _ = try await task.value }.code == .cancelled)
                #expect(start.duration(to: .now) < .seconds(15))
                #expect(try await connection.run(["ping": 1], in: "admin")["ok"]?.double == 1)
            }
        }

        @Test func `a silent server is given up, and the next command works`() async throws {
            let configuration = try configuration { $0.socketTimeout = .milliseconds(300) }
            try await MongoConnection.withConnection(to: configuration) { connection async throws in
                #expect(try await mongoError { try await connection.run(Self.slow, in: "admin") }.code == .timedOut)
                #expect(try await connection.run(["ping": 1], in: "admin")["ok"]?.double == 1)
            }
        }

        @Test func `a connection that the server ends`() async throws {
            let name = "nexenv-test-\(UInt32.random(in: 0...UInt32.max))"
            let configuration = try configuration { $0.appName = name }
            try await MongoConnection.withConnection(to: configuration) { connection async throws in
                let task = Task { try await connection.run(Self.slow, in: "admin") }
                try await withDatabase { admin, _ async throws in
                    var operation: BSONValue?
                    while operation == nil {
                        let reply = try await admin.run(
                            ["currentOp": 1, "appName": .string(name), "active": true],
                            in: "admin"
                        )
                        operation = reply["inprog"]?.array?.first?.document?["opid"]
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    try await admin.run(["killOp": 1, "op": operation ?? nil], in: "admin")
                }
                let error = try await mongoError { _ = try await task.value }
                #expect(error.code == .server)
                #expect(error.codeName == "Interrupted")
            }
        }

        /// Eight commands run on the server until a ninth sees all of them: they only end if they run at the same time.
        @Test func `blocking connections overlap on a small machine`() async throws {
            let name = "nexenv-test-\(UInt32.random(in: 0...UInt32.max))"
            let configuration = try configuration { $0.appName = name }
            try await withThrowingTaskGroup { group in
                for _ in 1...8 {
                    group.addTask {
                        try await MongoConnection.withConnection(to: configuration) { connection async throws in
                            _ = try await mongoError { try await connection.run(Self.slow, in: "admin") }
                        }
                    }
                }
                try await withDatabase { admin, _ async throws in
                    var operations: [BSONDocument] = []
                    while operations.count < 8 {
                        let reply = try await admin.run(
                            ["currentOp": 1, "appName": .string(name), "active": true],
                            in: "admin"
                        )
                        operations = reply["inprog"]?.array?.compactMap(\.document) ?? []
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    for operation in operations {
                        try await admin.run(["killOp": 1, "op": operation["opid"] ?? nil], in: "admin")
                    }
                }
                try await group.waitForAll()
            }
        }

        @Test func `a closed connection says so`() async throws {
            let connection = try await MongoConnection.connect(to: configuration())
            await connection.close()
            await connection.close()
            #expect(try await mongoError { try await connection.run(["ping": 1], in: "admin") }.code == .closed)
        }
    }
}
