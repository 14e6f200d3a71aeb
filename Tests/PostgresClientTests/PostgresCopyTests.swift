import PostgresClient
import Synchronization
import Testing

extension PostgresTests {
    @Suite struct Copy {
        struct SourceFailure: Error {}
        static let rows = 100_000

        /// 100,000 rows in chunks that end anywhere, some of them empty.
        static var chunks: [[UInt8]] {
            let text = (1...rows).map { "\($0)\tline \($0) — ünïcode\n" }.joined()
            var rest = Array(text.utf8)[...]
            var chunks: [[UInt8]] = [[]]
            var size = 1
            while !rest.isEmpty {
                chunks.append(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
                size = size * 7 % 150_001
            }
            return chunks
        }

        @Test func `a hundred thousand rows in and out again`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (id int, line text)")
                let chunks = Self.chunks
                let result = try await connection.copyIn("COPY t FROM STDIN", from: chunks)
                #expect(result.affectedRows == Self.rows)
                #expect(result.tag == "COPY \(Self.rows)")

                let received = Mutex<[UInt8]>([])
                let sizes = Mutex<[Int]>([])
                let out = try await connection.copyOut("COPY (SELECT * FROM t ORDER BY id) TO STDOUT") { batch in
                    received.withLock { $0 += batch }
                    sizes.withLock { $0.append(batch.count) }
                }
                #expect(out.affectedRows == Self.rows)
                #expect(received.withLock { $0 == Array(chunks.joined()) })
                #expect(sizes.withLock { $0.max() ?? 0 } < 70_000)
            }
        }

        @Test func `an asynchronous source, with nothing in between`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (id int, line text)")
                let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
                let task = Task { try await connection.copyIn("COPY t FROM STDIN", from: stream) }
                continuation.yield(Array("1\ta\n".utf8))
                try await Task.sleep(for: .milliseconds(100))
                #expect(try await postgresError { try await connection.query("SELECT 1") }.code == .busy)
                continuation.yield(Array("2\tb\n".utf8))
                continuation.finish()
                #expect(try await task.value.affectedRows == 2)
                #expect(try await connection.query("SELECT 1 FROM t").count == 2)
            }
        }

        /// More than is gathered before anything is sent, so that the server has rows already when the copy is given up.
        static let manyRows = Array((1...20_000).map { "\($0)\tline \($0)\n" }.joined().utf8)

        @Test func `a source that fails loads nothing`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (id int, line text)")
                let stream = AsyncThrowingStream<[UInt8], any Error> { continuation in
                    continuation.yield(Self.manyRows)
                    continuation.finish(throwing: SourceFailure())
                }
                await #expect(throws: SourceFailure.self) {
                    try await connection.copyIn("COPY t FROM STDIN", from: stream)
                }
                #expect(try await connection.query("SELECT 1 FROM t").isEmpty)
            }
        }

        @Test func `a cancelled source loads nothing`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (id int, line text)")
                let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
                let task = Task { try await connection.copyIn("COPY t FROM STDIN", from: stream) }
                continuation.yield(Self.manyRows)
                try await Task.sleep(for: .milliseconds(100))
                task.cancel()
                #expect(try await postgresError { _ = try await task.value }.code == .cancelled)
                #expect(try await connection.query("SELECT 1 FROM t").isEmpty)
            }
        }

        @Test func `bad data is the server's error, with the line in its context`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (id int, line text)")
                let data = Array("1\ta\nx\tb\n".utf8)
                let error = try await postgresError { try await connection.copyIn("COPY t FROM STDIN", from: [data]) }
                #expect(error.sqlState == "22P02")
                #expect(error.context?.contains("line 2") == true)
                #expect(try await connection.query("SELECT 1 FROM t").isEmpty)
            }
        }

        /// Rows that would go on for gigabytes behind one that is refused.
        @Test func `a refused row ends the copy long before its source does`() async throws {
            let rows = Array(repeatElement("1\tline\n", count: 8_192).joined().utf8)
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (id int, line text)")
                let sent = Mutex(0)
                let error = try await postgresError {
                    try await connection.transaction { session in
                        _ = try session.copyIn("COPY t FROM STDIN") { write in
                            try Array("1\ta\nx\tb\n".utf8).withUnsafeBytes { try write($0) }
                            for _ in 0..<65_536 {
                                try rows.withUnsafeBytes { try write($0) }
                                sent.withLock { $0 += rows.count }
                            }
                        }
                    }
                }
                #expect(error.sqlState == "22P02")
                #expect(error.context?.contains("line 2") == true)
                // What the sockets hold, and not the four gigabytes.
                #expect(sent.withLock { $0 } < 256 << 20)
                #expect(try await connection.query("SELECT 1 FROM t").isEmpty)
            }
        }

        /// A trigger's notices come in between, which are no reason to end anything.
        @Test func `notices don't end a copy`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute(
                    """
                    CREATE TEMP TABLE t (id int, line text);
                    CREATE FUNCTION pg_temp.tell() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN RAISE NOTICE 'row % %', NEW.id, repeat('x', 200); RETURN NEW; END $$;
                    CREATE TRIGGER tell BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION pg_temp.tell();
                    SET client_min_messages = notice
                    """
                )
                let count = try await connection.transaction { session in
                    try session.copyIn("COPY t FROM STDIN") { write in
                        try Self.manyRows.withUnsafeBytes { try write($0) }
                    }.affectedRows
                }
                #expect(count == 20_000)
            }
        }

        @Test func `a receiver that fails ends the copy`() async throws {
            try await withConnection { connection async throws in
                await #expect(throws: SourceFailure.self) {
                    try await connection.copyOut(
                        "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT"
                    ) { _ in
                        throw SourceFailure()
                    }
                }
            }
        }

        @Test func `a COPY in the wrong place is refused and leaves the connection usable`() async throws {
            let copyIn = "COPY t FROM STDIN"
            let copyOut = "COPY (SELECT 1) TO STDOUT"
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE t (id int)")
                let calls: [(String, @Sendable () async throws -> Void)] = [
                    ("query in", { try await connection.query(copyIn) }),
                    ("query out", { try await connection.query(copyOut) }),
                    ("execute in", { try await connection.execute(copyIn) }),
                    ("execute out", { try await connection.execute(copyOut) }),
                    ("copyIn out", { try await connection.copyIn(copyOut, from: [[1]]) }),
                    ("copyIn of a query", { try await connection.copyIn("SELECT 1", from: [[1]]) }),
                    ("copyOut in", { try await connection.copyOut(copyIn) { _ in } }),
                    ("copyOut of a query", { try await connection.copyOut("SELECT 1") { _ in } }),
                ]
                for (name, call) in calls {
                    #expect(try await postgresError(call).code == .invalidArgument, "\(name)")
                    #expect(try await connection.query("SELECT 1").count == 1, "\(name)")
                }
            }
        }
    }
}
