import PostgresClient
import Testing

extension PostgresTests {
    @Suite struct Transaction {
        struct Refusal: Error {}

        @Test func `commits when the closure returns, rolls back when it throws`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (a int)")
                let count = try await connection.transaction { session in
                    try session.query("INSERT INTO t VALUES (1)")
                    return try session.query("SELECT count(*) FROM t")[0].int(0)
                }
                #expect(count == 1)
                await #expect(throws: Refusal.self) {
                    try await connection.transaction { session in
                        try session.query("INSERT INTO t VALUES (2)")
                        throw Refusal()
                    }
                }
                #expect(try await connection.query("SELECT a FROM t").map { try $0.int(0) } == [1])
            }
        }

        @Test func `a swallowed error doesn't look like a commit`() async throws {
            try await withConnection { connection async throws in
                let error = try await postgresError {
                    try await connection.transaction { session in
                        _ = try? session.query("SELECT 1/0")
                    }
                }
                #expect(error.code == .transactionAborted)
                #expect(try await connection.query("SELECT 1").count == 1)
            }
        }

        @Test func `one inside another is a part of it`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (a int)")
                try await connection.execute("BEGIN; INSERT INTO t VALUES (1)")
                _ = try await connection.transaction { session in try session.query("INSERT INTO t VALUES (2)") }
                await #expect(throws: Refusal.self) {
                    try await connection.transaction { session in
                        try session.query("INSERT INTO t VALUES (3)")
                        throw Refusal()
                    }
                }
                let error = try await postgresError {
                    try await connection.transaction { session in
                        try session.query("INSERT INTO t VALUES (4)")
                        _ = try? session.query("SELECT 1/0")
                    }
                }
                #expect(error.code == .transactionAborted)
                #expect(try await connection.query("SELECT a FROM t ORDER BY a").map { try $0.int(0) } == [1, 2])
                try await connection.execute("ROLLBACK")
                #expect(try await connection.query("SELECT count(*) FROM t")[0].int(0) == 0)
            }
        }

        @Test func `statements of two tasks don't interleave`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (id serial, task int)")
                try await withThrowingTaskGroup { group in
                    for task in 1...8 {
                        group.addTask {
                            try await connection.transaction { session in
                                for _ in 1...10 { try session.query("INSERT INTO t (task) VALUES ($1)", [.init(task)]) }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let tasks = try await connection.query("SELECT task FROM t ORDER BY id").map { try $0.int(0) }
                let changes = zip(tasks, tasks.dropFirst()).count { $0 != $1 }
                #expect(tasks.count == 80)
                #expect(changes == 7)
            }
        }

        @Test func `a cancelled transaction is rolled back and leaves the connection usable`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (a int)")
                let task = Task {
                    try await connection.transaction { session in
                        try session.query("INSERT INTO t VALUES (1)")
                        try session.query("SELECT pg_sleep(30)")
                    }
                }
                try await Task.sleep(for: .milliseconds(100))
                task.cancel()
                #expect(try await postgresError { try await task.value }.code == .cancelled)
                #expect(try await connection.query("SELECT count(*) FROM t")[0].int(0) == 0)
                #expect(try await connection.query("SELECT pg_current_xact_id_if_assigned() IS NULL")[0].bool(0))
            }
        }
    }
}
