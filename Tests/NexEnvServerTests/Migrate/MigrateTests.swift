import Foundation
import PostgresClient
import Testing

/// Migrations run once each, in order, and whole; see also the suites beside this one.
@Suite(.waitsForSlots)
struct MigrateTests {
    /// PostgreSQL with one database that has migrations.
    static func shop(_ project: ProjectFixture, in place: Place = .native, _ files: [String: String] = [:]) throws {
        for (name, text) in files { try project.write("migrations/\(name)", text) }
        try project.write("migrations/.gitkeep", "")
        try project.environment(
            """
            defaults: { durability: none }
            services:
              pg: { engine: postgres, databases: { shop: { owner: keeper, migrations: migrations } } }
            """,
            in: place
        )
    }

    /// Runs `migrate up` three times side by side, while somebody else has the lock.
    ///
    /// - Parameters:
    ///   - text: What each of them says while it waits.
    ///   - giveBack: Gives the lock back, when all of them wait.
    static func upTogether(
        _ project: ProjectFixture,
        waitingFor text: String,
        _ giveBack: () async throws -> Void
    ) async throws -> [Program.Run] {
        try await withThrowingTaskGroup(of: Program.Run.self) { group in
            let (waiting, signal) = AsyncStream.makeStream(of: Void.self)
            for _ in 0..<3 {
                group.addTask {
                    try await project.nexenv("migrate", "up") { running in
                        defer { signal.yield() }
                        try await running.waitForError(text)
                    }
                }
            }
            for await _ in waiting.prefix(3) {}
            try await giveBack()
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(
        "up runs what is pending after init, once; migrate up does the same",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func up(_ place: Place) async throws {
        try await ProjectFixture.with("migrate-\(place.rawValue)") { project in
            try project.write("init.sql", "CREATE TABLE customer (id integer PRIMARY KEY);")
            try project.write(
                "migrations/1_order.sql",
                "CREATE TABLE \"order\" (id int PRIMARY KEY, customer_id int REFERENCES customer);\nINSERT INTO customer VALUES (1);"
            )
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg:
                    engine: postgres
                    databases:
                      shop: { owner: keeper, init: [init.sql], migrations: migrations }
                      other: {}
                """,
                in: place
            )
            let first = try await project.nexenv("up")
            #expect(first.error.contains("pg: shop: 1_order"), "\(first)")
            #expect(try await project.value("SELECT count(*) FROM customer", "pg.shop") == "1")
            let owner = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'order'"
            #expect(try await project.value(owner, "pg.shop") == "keeper")
            let second = try await project.nexenv("up")
            #expect(second.error.contains("nothing to do"), "\(second)")

            try project.write(
                "migrations/2_total.sql",
                "ALTER TABLE \"order\" ADD COLUMN total int;\n-- nexenv:down\nALTER TABLE \"order\" DROP COLUMN total;"
            )
            try await project.nexenv("migrate", "status", "--exit-code", status: 2)
            try await project.nexenv("status", "--exit-code", status: 3)
            let status = try await project.nexenv("migrate", "status", "--json").json
            let rows = status["databases"][0]["migrations"].elements
            #expect(rows.compactMap { $0["state"].text } == ["applied", "pending"])
            #expect(status["databases"][0]["pending"].number == 1)
            let migrated = try await project.nexenv("migrate", "up")
            #expect(migrated.error.contains("pg.shop: 2_total applied in"), "\(migrated)")
            #expect(migrated.error.contains("1 applied in"), "\(migrated)")
            let idle = try await project.nexenv("migrate", "up", "pg.shop")
            #expect(idle.error.hasPrefix("nothing to do"), "\(idle)")
            try await project.nexenv("migrate", "status", "--exit-code")
            try await project.nexenv("status", "--exit-code")
            let history = try await project.nexenv("migrate", "history", "--json").json["databases"][0]["history"]
            #expect(history.elements.compactMap { $0["name"].text } == ["1_order", "2_total"])
            #expect(history[0]["by"].text?.contains("@") == true && history[0]["direction"].text == "up")
            try await project.nexenv("migrate", "up", "pg.other", status: 64)
            try await project.nexenv("migrate", "up", "pg.nothing", status: 64)
            try await project.nexenv("stop")
            let stopped = try await project.nexenv("migrate", "up", status: 1)
            #expect(stopped.error.contains("it isn't running"), "\(stopped)")
        }
    }

    @Test("an error has its place and the server's words, and leaves nothing of its file", .native)
    func errors() async throws {
        try await ProjectFixture.with("migrate-errors") { project in
            try Self.shop(project, ["1_a.sql": "CREATE TABLE a (n int PRIMARY KEY);"])
            try await project.nexenv("up")
            try project.write(
                "migrations/2_b.sql",
                "CREATE TABLE b (n int);\nINSERT INTO a VALUES (1);\nINSERT INTO a\n  VALUES (2), (1);\n"
            )
            let unique = try await project.nexenv("migrate", "up", status: 65)
            #expect(unique.error.contains("migrations/2_b.sql:3:1: error: duplicate key value"), "\(unique)")
            #expect(unique.error.contains("Key (n)=(1) already exists") && unique.error.contains("SQLSTATE 23505"))
            #expect(unique.error.contains(" 3 | INSERT INTO a\n") && unique.error.contains("^"), "\(unique)")
            #expect(!unique.error.contains("applied"), "\(unique)")
            #expect(unique.error.hasSuffix("hint: nothing of `2_b` was kept\n"), "\(unique)")
            #expect(try await project.value("SELECT count(*) FROM a", "pg.shop") == "0")
            #expect(try await project.value("SELECT count(*) FROM pg_class WHERE relname = 'b'", "pg.shop") == "0")

            try project.write("migrations/2_b.sql", "SELECT 'é',\n  nn FROM a;\n")
            let column = try await project.nexenv("up", status: 65)
            #expect(column.error.contains("migrations/2_b.sql:2:3: error: column \"nn\" does not exist"), "\(column)")
            #expect(column.error.contains("hint: Perhaps you meant to reference the column \"a.n\""), "\(column)")

            try project.write("migrations/2_b.sql", "CREATE TABLE c (n int);\nCOPY c FROM stdin;\n1\n2\nx\n\\.\n")
            let copy = try await project.nexenv("migrate", "up", status: 65)
            #expect(copy.error.contains("migrations/2_b.sql:5:1: error: invalid input syntax"), "\(copy)")

            try project.write(
                "migrations/2_b.sql",
                "CREATE TABLE d (n int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO d VALUES (1), (1);\n"
            )
            let commit = try await project.nexenv("migrate", "up", status: 65)
            #expect(
                commit.error.contains("2_b.sql:2:1: error: the end of the transaction failed: duplicate key"),
                "\(commit)"
            )

            try project.write("migrations/2_b.sql", "CREATE TABLE e (n int);\nROLLBACK;\n")
            let rollback = try await project.nexenv("migrate", "up", status: 65)
            #expect(rollback.error.contains("2_b.sql:2:1: error: a ROLLBACK would undo"), "\(rollback)")

            try project.write(
                "migrations/2_b.sql",
                "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n  PERFORM 1 / 0;\nEND $$;\nSELECT f();\n"
            )
            let inside = try await project.nexenv("migrate", "up", status: 65)
            #expect(inside.error.contains("2_b.sql:5:1: error: division by zero"), "\(inside)")
            #expect(inside.error.contains("PL/pgSQL function f() line 3"), "\(inside)")

            try project.write("migrations/2_b.sql", "CREATE TABLE b (n int);\n")
            try project.write("migrations/3_c.sql", "CREATE TABLE g (n int;\n")
            let validate = try await project.nexenv("validate", status: 65)
            #expect(
                validate.error.contains("migrations/3_c.sql:1:16: error: the parenthesis is never closed"),
                "\(validate)"
            )
            try project.write("migrations/3_c.sql", "SELECT wrong;\n")
            // What comes before it stays.
            let third = try await project.nexenv("migrate", "up", "--json", status: 65)
            #expect(third.json["errors"][0]["file"].text == "migrations/3_c.sql" && third.json["ok"].flag == false)
            #expect(third.error.contains("pg.shop: 2_b applied"), "\(third)")
            let states = try await project.nexenv("migrate", "status", "--json").json["databases"][0]["migrations"]
            #expect(states.elements.compactMap { $0["state"].text } == ["applied", "applied", "pending"])
        }
    }

    @Test("what doesn't fit is named: changed, missing, out of order", .native)
    func misfits() async throws {
        try await ProjectFixture.with("migrate-misfits") { project in
            let files = [
                "20250101000000_a.sql": "CREATE TABLE a (n int);\n",
                "20250103000000_c.sql": "CREATE TABLE c (n int);\n",
            ]
            try Self.shop(project, files)
            try await project.nexenv("up")

            try project.write("migrations/20250102000000_b.sql", "CREATE TABLE b (n int);\n")
            for command in [["migrate", "up"], ["up"]] {
                let old = try await project.run(command, status: 65)
                #expect(
                    old.error.contains("`20250102000000_b` is older than `20250103000000_c`, which is applied already"),
                    "\(old)"
                )
            }
            try await project.nexenv("migrate", "status", "--exit-code", status: 65)
            try await project.nexenv("migrate", "up", "--allow-out-of-order")
            try await project.nexenv("up")

            // Line ends, blanks and comments are nothing: the last two are said once.
            try project.write("migrations/20250101000000_a.sql", "CREATE TABLE a (n int);  \r\n\r\n")
            #expect(try await project.nexenv("up").error.contains("nothing to do"))
            try project.write("migrations/20250101000000_a.sql", "-- ours\ncreate table A (n int);\n")
            let note = try await project.nexenv("migrate", "up")
            #expect(
                note.error.contains("note: `20250101000000_a` was changed after it was applied, in nothing that ran")
            )
            #expect(try await !project.nexenv("migrate", "up").error.contains("note:"))

            try project.write("migrations/20250101000000_a.sql", "CREATE TABLE a (n bigint);\n")
            let changed = try await project.nexenv("migrate", "up", status: 65)
            #expect(
                changed.error.contains("migrations/20250101000000_a.sql:1:1: error: `20250101000000_a` was applied on")
            )
            #expect(changed.error.contains("and has been changed since"), "\(changed)")
            try project.write("migrations/20250101000000_a.sql", files["20250101000000_a.sql"] ?? "")

            try FileManager.default.removeItem(atPath: project.folder + "/migrations/20250103000000_c.sql")
            let missing = try await project.nexenv("up", status: 65)
            #expect(missing.error.contains("`20250103000000_c` was applied on"), "\(missing)")
            #expect(missing.error.contains("and its file is not in `migrations`"), "\(missing)")
            let state = try await project.nexenv("migrate", "status", "--json").json["databases"][0]["migrations"]
            #expect(state.elements.compactMap { $0["state"].text } == ["applied", "applied", "missing"])
        }
    }

    @Test("down takes back the last ones, or nothing", .native)
    func down() async throws {
        try await ProjectFixture.with("migrate-down") { project in
            func file(_ table: String, down: Bool = true) -> String {
                "CREATE TABLE \(table) (n int);\n" + (down ? "-- nexenv:down\nDROP TABLE \(table);\n" : "")
            }
            try Self.shop(
                project,
                ["1_a.sql": file("a", down: false), "2_b.sql": file("b"), "3_c.sql": file("c"), "4_d.sql": file("d")]
            )
            try await project.nexenv("up")
            let down = try await project.nexenv("migrate", "down")
            #expect(down.error.contains("pg.shop: 4_d taken back") && down.error.contains("1 taken back"), "\(down)")
            let refused = try await project.nexenv("migrate", "down", "3", status: 65)
            #expect(refused.error.contains("1_a.sql:1:1: error: `1_a` has no way down"), "\(refused)")
            let tables =
                "SELECT string_agg(relname, '' ORDER BY relname) FROM pg_class WHERE relname IN ('a', 'b', 'c', 'd')"
            #expect(try await project.value(tables, "pg.shop") == "abc")
            let two = try await project.nexenv("migrate", "down", "2", "--json").json["databases"][0]["done"]
            #expect(two.elements.compactMap { $0["name"].text } == ["3_c", "2_b"])
            #expect(try await project.value(tables, "pg.shop") == "a")
            try await project.nexenv("migrate", "up")
            #expect(try await project.value(tables, "pg.shop") == "abcd")
            let history = try await project.nexenv("migrate", "history", "--json").json["databases"][0]["history"]
            #expect(
                history.elements.map { "\($0["direction"].text ?? "") \($0["name"].text ?? "")" } == [
                    "up 1_a", "up 2_b", "up 3_c", "up 4_d", "down 4_d", "down 3_c", "down 2_b", "up 2_b", "up 3_c",
                    "up 4_d",
                ]
            )

            // A way down that fails leaves the migration applied, and goes on when it is mended.
            try project.write(
                "migrations/4_d.sql",
                "CREATE TABLE d (n int);\n-- nexenv:down tx=off\nDROP TABLE d;\nSELECT wrong;\n"
            )
            let failed = try await project.nexenv("migrate", "down", status: 65)
            #expect(failed.error.contains("migrations/4_d.sql:4:8"), "\(failed)")
            let half = try await project.nexenv("migrate", "up", status: 65)
            #expect(half.error.contains("`4_d` is half undone: 1 statements of its way down are done"), "\(half)")
            try project.write(
                "migrations/4_d.sql",
                "CREATE TABLE d (n int);\n-- nexenv:down tx=off\nDROP TABLE d;\nSELECT 1;\n"
            )
            try await project.nexenv("migrate", "down")
            #expect(try await project.value(tables, "pg.shop") == "abc")

            let text = try String(contentsOfFile: project.folder + "/nexenv.yaml", encoding: .utf8)
            try project.write("nexenv.yaml", "protected: true\n" + text)
            let kept = try await project.nexenv("migrate", "down", status: 77)
            #expect(kept.error.contains("this environment is protected"), "\(kept)")
            try await project.nexenv("migrate", "up")
        }
    }

    @Test("with several databases, down and new are told which", .native)
    func several() async throws {
        try await ProjectFixture.with("migrate-several") { project in
            for name in ["one", "two"] {
                try project.write(
                    "\(name)/1_a.sql",
                    "CREATE TABLE \(name) (n int);\n-- nexenv:down\nDROP TABLE \(name);\n"
                )
            }
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg: { engine: postgres, databases: { one: { migrations: one }, two: { migrations: two } } }
                """,
                in: .native
            )
            try await project.nexenv("up")
            for command in [["migrate", "down"], ["migrate", "new", "x"]] {
                let which = try await project.run(command, status: 64)
                #expect(which.error.contains("several databases have migrations: `pg.one`, `pg.two`"), "\(which)")
            }
            try await project.nexenv("migrate", "down", "--database", "pg.two")
            let made = try await project.nexenv("migrate", "new", "add x", "--database", "one").output
            #expect(made == "one/2_add_x.sql\n", "\(made)")
            let status = try await project.nexenv("migrate", "status", "--json").json["databases"].elements
            #expect(
                status.map { $0["migrations"].elements.compactMap { $0["state"].text } } == [
                    ["applied", "empty"], ["pending"],
                ]
            )
            #expect(try await project.nexenv("migrate", "up").error.contains("pg.two: 1_a applied"))
            // A file that says nothing yet is nobody's problem.
            #expect(try await project.nexenv("up").error.contains("nothing to do"))
            try await project.nexenv("status", "--exit-code")
        }
    }
}
