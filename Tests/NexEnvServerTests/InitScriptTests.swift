import Foundation
import PostgresClient
import Testing

/// Init SQL: whole or not at all, and an error at its place.
@Suite(.waitsForSlots)
struct InitScriptTests {
    @Test("an error has its place, leaves nothing behind, and is mended by a better file", .native)
    func error() async throws {
        try await ProjectFixture.with("sqlerror") { project in
            try project.environment(
                "services:\n  pg: { engine: postgres, databases: { one: { owner: boss, init: [sql/init.sql] } } }",
                in: .native
            )
            try project.write(
                "sql/init.sql",
                "CREATE TABLE a (n integer);\n\nINSERT INTO a\n  VALUES (1), ('é', wrong);\n"
            )
            let failed = try await project.nexenv("up", status: 65)
            #expect(failed.error.contains("sql/init.sql:4:21"), "\(failed)")
            let caret = "  VALUES (1), ('é', wrong);\n"
            #expect(failed.error.contains(caret) && failed.error.contains("^"), "\(failed)")
            let left = try await project.value("SELECT count(*) FROM pg_class WHERE relname = 'a'", "pg.one")
            #expect(left == "0")
            try project.write("sql/init.sql", "CREATE TABLE a (n integer);\nINSERT INTO a VALUES (1);\n")
            try await project.nexenv("up")
            #expect(try await project.value("SELECT n FROM a", "pg.one") == "1")
        }
    }

    @Test("a psql meta-command is refused at its place", .native)
    func metaCommand() async throws {
        try await ProjectFixture.with("psqlmeta") { project in
            try project.environment(
                "services:\n  pg: { engine: postgres, databases: { one: { init: [init.sql] } } }",
                in: .native
            )
            try project.write("init.sql", "CREATE TABLE a (n integer);\n\\connect other\n")
            let failed = try await project.nexenv("up", status: 65)
            #expect(failed.error.contains("init.sql:2:1"), "\(failed)")
        }
    }

    @Test("a statement that outlives its client is waited for", .native)
    func outlives() async throws {
        try await ProjectFixture.with("outlives") { project in
            try project.environment(
                "services:\n  pg: { engine: postgres, databases: { one: { init: [init.sql] } } }",
                in: .native
            )
            try project.write(
                "init.sql",
                """
                CREATE TABLE a (n integer);
                CREATE INDEX CONCURRENTLY a_n ON a (n);
                CREATE TABLE b AS SELECT 1 AS n FROM pg_sleep(3);
                """
            )
            try await project.nexenv("up", status: 137) { running in
                try await running.waitForError("pg: one: init.sql")
                try await Task.sleep(for: .seconds(1))
                running.send(SIGKILL)
            }
            try await project.nexenv("up")
            let valid = try await project.value(
                "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass",
                "pg.one"
            )
            #expect(valid == "true" || valid == "t")
            #expect(try await project.value("SELECT count(*) FROM b", "pg.one") == "1")
        }
    }
}
