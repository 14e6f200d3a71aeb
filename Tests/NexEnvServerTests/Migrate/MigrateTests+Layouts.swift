import Foundation
import PostgresClient
import Testing

/// Files of any name, and folders that other tools have made.
extension MigrateTests {
    @Test("names may be anything behind their digits", .native)
    func unusualNames() async throws {
        try await ProjectFixture.with("migrate-names") { project in
            let names = [
                "1", "02 it's \"quoted\"", "003-größe 😀", "4.a.b", "5_$x$%s\\n", "6_up",
                "7_\(String(repeating: "x", count: 200))",
            ]
            for (number, name) in names.enumerated() {
                try project.write(
                    "my 'db' ü/\(name).sql",
                    "CREATE TABLE t\(number) (n int);\n-- nexenv:down\nDROP TABLE t\(number);\n"
                )
            }
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg: { engine: postgres, databases: { "Größe \\" 'x'": { migrations: "my 'db' ü" } } }
                """,
                in: .native
            )
            try await project.nexenv("up")
            let status = try await project.nexenv("migrate", "status", "--json").json["databases"][0]["migrations"]
                .elements
            #expect(
                status.map { "\($0["name"].text ?? "") \($0["state"].text ?? "")" } == names.map { "\($0) applied" }
            )
            try await project.nexenv("migrate", "down", "\(names.count)")
            try await project.nexenv("migrate", "verify")
            try await project.nexenv("migrate", "up")
            #expect(try await project.nexenv("up").error.contains("nothing to do"))
        }
    }

    @Test("folders of dbmate, golang-migrate, goose and Flyway are read as they are", .native)
    func layouts() async throws {
        try await ProjectFixture.with("migrate-layouts") { project in
            let folders = [
                "dbmate": [
                    "20250101000000_a.sql":
                        "-- migrate:up\nCREATE TABLE a (n int);\n\n-- migrate:down\nDROP TABLE a;\n",
                    "20250102000000_b.sql":
                        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY b ON a (n);\n-- migrate:down\nDROP INDEX b;\n",
                ],
                "golang": [
                    "000001_a.up.sql": "BEGIN;\nCREATE TABLE a (n int);\nCOMMIT;\n",
                    "000001_a.down.sql": "DROP TABLE a;",
                    "000002_b.up.sql": "CREATE INDEX CONCURRENTLY b ON a (n);", "000002_b.down.sql": "DROP INDEX b;",
                ],
                "goose": [
                    "00001_a.sql":
                        "-- +goose Up\nCREATE TABLE a (n int);\n-- +goose StatementBegin\nDO $$ BEGIN PERFORM 1; END $$;\n-- +goose StatementEnd\n-- +goose Down\nDROP TABLE a;\n",
                    "00002_b.sql":
                        "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY b ON a (n);\n-- +goose Down\nDROP INDEX b;\n",
                ],
                "flyway": [
                    "V1__a.sql": "CREATE TABLE a (n int);", "U1__a.sql": "DROP TABLE a;",
                    "V1.1__b.sql": "CREATE INDEX CONCURRENTLY b ON a (n);", "U1.1__b.sql": "DROP INDEX b;",
                ],
            ]
            for (folder, files) in folders {
                for (name, text) in files { try project.write("\(folder)/\(name)", text) }
            }
            let databases = folders.keys.sorted().map { "\($0): { migrations: \($0) }" }.joined(separator: ", ")
            try project.environment(
                "defaults: { durability: none }\nservices:\n  pg: { engine: postgres, databases: { \(databases) } }",
                in: .native
            )
            try await project.nexenv("up")
            let count = "SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')"
            for folder in folders.keys {
                #expect(try await project.value(count, "pg.\(folder)") == "2", "\(folder)")
                try await project.nexenv("migrate", "down", "2", "--database", folder)
                #expect(try await project.value(count, "pg.\(folder)") == "0", "\(folder)")
            }
            try await project.nexenv("migrate", "up")

            // Two tools' names in one folder are nobody's.
            try project.write("golang/3_c.sql", "SELECT 1;")
            let mixed = try await project.nexenv("validate", status: 65)
            #expect(
                mixed.error.contains("`000001_a.down.sql` and `3_c.sql` are named by the rules of two tools"),
                "\(mixed)"
            )
            try FileManager.default.removeItem(atPath: project.folder + "/golang/3_c.sql")

            // What is repeatable runs whenever it changes.
            try project.write("flyway/R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS n;")
            try await project.nexenv("migrate", "up")
            try project.write("flyway/R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT 2 AS n;")
            try await project.nexenv("up")
            #expect(try await project.value("SELECT n FROM v", "pg.flyway") == "2")
            #expect(try await project.nexenv("up").error.contains("nothing to do"))
        }
    }
}
