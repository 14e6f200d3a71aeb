import ClientTesting
import PostgresClient
import Testing

extension PostgresTests {
    @Suite struct Connect {
        @Test func `a wrong password, two hundred times, leaks no files`() async throws {
            let configuration = try configuration { $0.password = "wrong" }
            let before = openFileCount()
            for _ in 1...200 {
                let error = try await postgresError { _ = try await PostgresConnection.connect(to: configuration) }
                #expect(error.code == .authenticationFailed)
                #expect(error.sqlState == "28P01")
                #expect(!error.debugDescription.contains("wrong"))
            }
            // Suites of other clients run at the same time and have a few files of their own.
            #expect(openFileCount() - before < 50)
        }

        @Test func `connections that are dropped close themselves`() async throws {
            let configuration = try configuration()
            let before = openFileCount()
            for _ in 1...80 { _ = try await PostgresConnection.connect(to: configuration) }
            #expect(openFileCount() - before < 50)
        }

        @Test func `an unknown database`() async throws {
            let configuration = try configuration { $0.database = "no such database" }
            let error = try await postgresError { _ = try await PostgresConnection.connect(to: configuration) }
            #expect(error.code == .unknownDatabase)
            #expect(error.sqlState == "3D000")
        }

        @Test func `a server killed in the middle of a query`() async throws {
            try await withConnection { connection async throws in
                let pid = try await connection.backendPID
                let task = Task { try await connection.query("SELECT pg_sleep(30)") }
                try await Task.sleep(for: .milliseconds(100))
                try await withConnection { other in
                    try await other.query("SELECT pg_terminate_backend($1)", [.init(pid)])
                }
                let error = try await postgresError { _ = try await task.value }
                #expect(error.code == .connectionLost)
                #expect(error.sqlState == "57P01")
                #expect(try await postgresError { try await connection.query("SELECT 1") }.code == .closed)
            }
        }

        @Test func `a cancelled query ends at once and leaves the connection usable`() async throws {
            try await withConnection { connection async throws in
                let task = Task { try await connection.query("SELECT pg_sleep(30)") }
                try await Task.sleep(for: .milliseconds(100))
                let (error, elapsed) = try await cancelling(task)
                #expect(error.code == .cancelled)
                #expect(elapsed < .seconds(15))
                #expect(try await connection.query("SELECT 1").count == 1)
            }
        }

        @Test func `another task stops the statement`() async throws {
            try await withConnection { connection async throws in
                let task = Task { try await connection.query("SELECT pg_sleep(30)") }
                try await Task.sleep(for: .milliseconds(100))
                connection.cancel()
                #expect(try await postgresError { _ = try await task.value }.sqlState == "57014")
                #expect(try await connection.query("SELECT 1").count == 1)
            }
        }

        @Test func `a silent server is given up, and its statement stopped`() async throws {
            let configuration = try configuration { $0.silenceTimeout = .milliseconds(200) }
            try await PostgresConnection.withConnection(to: configuration) { connection async throws in
                #expect(try await postgresError { try await connection.query("SELECT pg_sleep(30)") }.code == .timedOut)
                #expect(try await connection.query("SELECT 1").count == 1)
            }
        }

        /// Eight statements wait for each other on the server: they only end if all eight run at the same time.
        @Test func `blocking connections overlap on a small machine`() async throws {
            let configuration = try configuration { $0.serverSettings = ["statement_timeout": "10s"] }
            try await withConnection { gate async throws in
                let key = Int.random(in: 1...Int(Int32.max))
                try await gate.query("SELECT pg_advisory_lock($1)", [.init(key)])
                try await withThrowingTaskGroup { group in
                    for _ in 1...8 {
                        group.addTask {
                            try await PostgresConnection.withConnection(to: configuration) { connection async throws in
                                _ = try await connection.query("SELECT pg_advisory_lock_shared($1)", [.init(key)])
                            }
                        }
                    }
                    var waiting = 0
                    while waiting < 8 {
                        waiting = try await gate.query(
                            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted",
                            [.init(key)]
                        )[0].int(0)
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    try await gate.query("SELECT pg_advisory_unlock($1)", [.init(key)])
                    try await group.waitForAll()
                }
            }
        }

        @Test func `a closed connection says so`() async throws {
            let connection = try await PostgresConnection.connect(to: configuration())
            await connection.close()
            await connection.close()
            #expect(try await postgresError { try await connection.query("SELECT 1") }.code == .closed)
        }
    }

    @Test("closing can wait until the server has let go: no session is there, and what it has counted is")
    func closeAndWait() async throws {
        try await Self.withConnection { watcher in
            try await watcher.query("CREATE TABLE counted (n int)")
            for round in 1...20 {
                let connection = try await PostgresConnection.connect(to: Self.configuration())
                let pid = try await connection.backendPID
                try await connection.query("INSERT INTO counted VALUES (1)")
                await connection.closeAndWait()
                let left = try await watcher.query(
                    "SELECT (SELECT count(*) FROM pg_stat_activity WHERE pid = $1), "
                        + "pg_stat_get_tuples_inserted('counted'::regclass)",
                    [PostgresValue(pid)]
                )
                #expect(try (left[0].int(0), left[0].int(1)) == (0, round))
                await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
            }
        }
    }
}
