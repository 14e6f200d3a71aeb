import ClientTesting
import Foundation
import PostgresClient
import Synchronization
import Testing

extension PostgresTests {
    @Suite struct Query {
        @Test func `typed access to columns by name and index`() async throws {
            try await withConnection { connection async throws in
                let rows = try await connection.query(
                    "SELECT 1 AS id, 'x' AS name, true AS ok, NULL::text AS nothing, 1.5::float8 AS price"
                )
                #expect(rows.count == 1)
                #expect(rows.columns.map(\.name) == ["id", "name", "ok", "nothing", "price"])
                #expect(rows.commandTag == "SELECT 1")
                let row = try #require(rows.first)
                #expect(try row.int("id") == 1)
                #expect(try row.string(1) == "x")
                #expect(try row.bool("ok"))
                #expect(row["nothing"]?.isNull == true)
                #expect(row["price"]?.double == 1.5)
                #expect(row["missing"] == nil)
                #expect(throws: PostgresError.self) { try row.int("name") }
                #expect(throws: PostgresError.self) { try row.string("nothing") }
                #expect(throws: PostgresError.self) { try row.int(9) }
            }
        }

        @Test func `parameters of every kind arrive as they were sent`() async throws {
            try await withConnection { connection async throws in
                let row = try await connection.query(
                    "SELECT $1::int8 + 1, $2::text, $3::bool, $4::text IS NULL, $5::float8, $6::bytea",
                    [41, "it's \"1\" \\ 日本 👩‍👩‍👧", true, nil, .init(-Double.infinity), .init(bytes: [0, 1, 255])]
                )[0]
                #expect(row[0].int == 42)
                #expect(row[1].string == "it's \"1\" \\ 日本 👩‍👩‍👧")
                #expect(row[2].bool == true)
                #expect(row[3].bool == true)
                #expect(row[4].double == -.infinity)
                #expect(row[5].bytes == [0, 1, 255])
            }
        }

        @Test func `large rows`() async throws {
            try await withConnection { connection async throws in
                let text = String(repeating: "ü", count: 500_000)
                let rows = try await connection.query("SELECT $1::text AS t FROM generate_series(1, 8)", [.init(text)])
                #expect(rows.count == 8)
                #expect(rows.allSatisfy { $0["t"]?.string == text })
            }
        }

        @Test(arguments: [
            ("SELEC 1", "42601", 1), ("SELECT 1 +\n  nope", "42703", 14), ("SELECT 'é' || 日本", "42703", 15),
        ])
        func `errors say where and what`(sql: String, state: String, position: Int) async throws {
            try await withConnection { connection async throws in
                let error = try await postgresError { try await connection.query(sql) }
                #expect(error.code == .server)
                #expect(error.sqlState == state)
                #expect(error.position == position)
                #expect(error.severity == "ERROR")
                // An error leaves the connection usable.
                #expect(try await connection.query("SELECT 1").count == 1)
            }
        }

        @Test func `a violated constraint names its objects, and only the debug text quotes data`() async throws {
            try await withConnection { connection async throws in
                try await connection.execute("CREATE TEMP TABLE plans (name text CONSTRAINT one_name UNIQUE)")
                try await connection.query("INSERT INTO plans VALUES ($1)", ["s3cret-value"])
                let error = try await postgresError {
                    try await connection.query("INSERT INTO plans VALUES ($1)", ["s3cret-value"])
                }
                #expect(error.sqlState == "23505")
                #expect(error.constraint == "one_name")
                #expect(error.table == "plans")
                #expect(error.detail?.contains("s3cret-value") == true)
                #expect(!error.description.contains("s3cret-value"))
                #expect("\(error)".contains("one_name"))
                #expect(error.debugDescription.contains("s3cret-value"))
            }
        }

        @Test func `an error inside a function carries its context`() async throws {
            try await withConnection { connection async throws in
                let error = try await postgresError {
                    try await connection.execute("DO $$ BEGIN PERFORM 1/0; END $$")
                }
                #expect(error.sqlState == "22012")
                #expect(error.context?.contains("PL/pgSQL") == true)
            }
        }

        @Test func `text with a NUL is refused before it is sent`() async throws {
            try await withConnection { connection async throws in
                for body: @Sendable () async throws -> Void in [
                    { try await connection.query("SELECT $1::text", ["a\0b"]) },
                    { try await connection.query("SELECT 1\0; DROP TABLE x") },
                    { try await connection.execute("SELECT 1\0") },
                ] {
                    #expect(try await postgresError(body).code == .invalidArgument)
                }
            }
        }

        @Test func `a script returns the last tag`() async throws {
            try await withConnection { connection async throws in
                let result = try await connection.execute(
                    "CREATE TEMP TABLE t (a int); INSERT INTO t SELECT generate_series(1, 7); UPDATE t SET a = a + 1 WHERE a > 2;"
                )
                #expect(result.tag == "UPDATE 5")
                #expect(result.affectedRows == 5)
                #expect(try await connection.execute("").tag.isEmpty)
                let error = try await postgresError { try await connection.execute("SELECT 1;\nSELECT nope;") }
                #expect(error.position == 18)
            }
        }

        @Test func `notices reach the handler`() async throws {
            let notices = NoticeLog()
            let configuration = try configuration { $0.onNotice = { notices.append($0) } }
            try await PostgresConnection.withConnection(to: configuration) { connection async throws in
                try await connection.execute(
                    "DO $$ BEGIN RAISE NOTICE 'hello %', 'wörld' USING HINT = 'do'; RAISE WARNING 'careful'; END $$"
                )
            }
            #expect(notices.all.map(\.message) == ["hello wörld", "careful"])
            #expect(notices.all.map(\.severity) == ["NOTICE", "WARNING"])
            #expect(notices.all.first?.hint == "do")
        }

        @Test func `server settings and the application's name travel with the log-in`() async throws {
            let configuration = try configuration {
                $0.applicationName = "a name"
                $0.serverSettings = [
                    "statement_timeout": "1234ms", "DateStyle": "ISO, DMY", "search_path": #""a\b c""#,
                ]
            }
            try await PostgresConnection.withConnection(to: configuration) { connection async throws in
                #expect(try await connection.query("SHOW application_name")[0].string(0) == "a name")
                #expect(try await connection.query("SHOW statement_timeout")[0].string(0) == "1234ms")
                #expect(try await connection.query("SHOW DateStyle")[0].string(0) == "ISO, DMY")
                #expect(try await connection.query("SHOW search_path")[0].string(0) == #""a\b c""#)
                #expect(try await connection.query("SHOW client_encoding")[0].string(0) == "UTF8")
                #expect(try await connection.serverVersion >= 100_000)
                let pid = try await connection.query("SELECT pg_backend_pid()")[0].int(0)
                #expect(try await connection.backendPID == pid)
            }
        }
    }
}

final class NoticeLog: Sendable {
    private let notices = Mutex<[PostgresNotice]>([])

    var all: [PostgresNotice] { notices.withLock { $0 } }

    func append(_ notice: PostgresNotice) {
        notices.withLock { $0.append(notice) }
    }
}
