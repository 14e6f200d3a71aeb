import ClientTesting
import Foundation
import MongoClient
import PostgresClient
import Testing

extension MigrateTests {
    /// Every migration up, down and up again, on a copy that is gone afterwards.
    @Suite(.waitsForSlots)
    struct Verify {
        /// PostgreSQL and MongoDB, up and without any migration.
        private static func start(_ project: ProjectFixture) async throws {
            try project.write("init.sql", "CREATE TABLE customer (id int PRIMARY KEY, name text);")
            try project.write("sql/.gitkeep", "")
            try project.write("yaml/.gitkeep", "")
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg: { engine: postgres, databases: { shop: { owner: keeper, init: [init.sql], migrations: sql } } }
                  mongo: { engine: mongodb, version: "6.0", replica_set: rs0, databases: { nexus: { migrations: yaml } } }
                """,
                in: .native
            )
            try await project.nexenv("up")
        }

        /// The scratch databases of both servers.
        private static func scratch(_ project: ProjectFixture) async throws -> [String] {
            let names = try await project.value("SELECT string_agg(datname, ' ') FROM pg_database", "pg")
            let databases = try await project.mongo("mongo") { connection in
                let reply = try await connection.run(["listDatabases": 1, "nameOnly": true], in: "admin")
                return (reply["databases"]?.array ?? []).compactMap { $0.document?["name"]?.string }
            }
            return (names.split(separator: " ").map(String.init) + databases).filter { $0.hasPrefix("nexenv_") }
        }

        @Test("a way down that doesn't undo everything is named, with what differs", .native)
        func findings() async throws {
            try await ProjectFixture.with("verify") { project in
                try await Self.start(project)
                try project.write(
                    "sql/1_good.sql",
                    "CREATE TABLE a (n int DEFAULT 1);\nCREATE INDEX a_n ON a (n);\nCREATE ROLE reader;\n-- nexenv:down\nDROP TABLE a;\nDROP ROLE reader;\n"
                )
                try project.write("sql/2_only_up.sql", "CREATE TABLE b (n int);\n")
                try project.write(
                    "yaml/1_good.yaml",
                    """
                    up: [{ create: a }, { createIndexes: a, indexes: [{ key: { n: 1 }, name: n }] }]
                    down: [{ drop: a }]
                    """
                )
                let good = try await project.nexenv("migrate", "verify")
                #expect(
                    good.output.contains(
                        "✓ 1_good\n    not run, since it is about the whole server: CREATE ROLE reader"
                    ),
                    "\(good)"
                )
                #expect(good.output.contains("✓ 2_only_up  no way down, only gone up"), "\(good)")
                #expect(try await Self.scratch(project).isEmpty)

                try project.write(
                    "sql/3_bad.sql",
                    """
                    CREATE TABLE IF NOT EXISTS c (n int);
                    CREATE INDEX IF NOT EXISTS customer_name ON customer (name);
                    ALTER TABLE b ADD COLUMN IF NOT EXISTS x text;
                    ALTER TABLE b ALTER n SET NOT NULL;
                    -- nexenv:down
                    DROP TABLE c;
                    ALTER TABLE b DROP COLUMN x;
                    ALTER TABLE customer DROP COLUMN name;
                    """
                )
                try project.write(
                    "yaml/2_bad.yaml",
                    """
                    up: [{ createIndexes: a, indexes: [{ key: { m: 1 }, name: m }] }, { create: b }]
                    down: [{ drop: b }]
                    """
                )
                let bad = try await project.nexenv("migrate", "verify", status: 65)
                let expected = """
                    ✗ 3_bad
                        its way down takes away: column public.customer.name
                        its way down changes: column public.b.n
                            was: integer
                            is:  integer not null
                        going up again fails
                    """
                for line in expected.split(separator: "\n") {
                    #expect(bad.output.contains(line + "\n"), "\(line) \(bad)")
                }
                #expect(bad.error.contains("sql/3_bad.sql:2:1: error: column \"name\" does not exist"), "\(bad)")
                #expect(bad.output.contains("✗ 2_bad\n    its way down leaves behind: index a.m\n"), "\(bad)")
                #expect(try await Self.scratch(project).isEmpty)

                let json = try await project.nexenv("migrate", "verify", "--json", status: 65).json
                let finding = json["databases"][0]["migrations"][2]
                #expect(
                    json["ok"].flag == false && finding["ok"].flag == false && finding["failedWay"].text == "up-again"
                )
                #expect(finding["errors"][0]["line"].number == 2)
                // The databases themselves are as they were.
                #expect(
                    try await project.value("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b', 'c')", "pg.shop")
                        == "0"
                )
                let states = try await project.nexenv("migrate", "status", "--json").json["databases"][0]["migrations"]
                    .elements
                #expect(states.allSatisfy { $0["state"].text == "pending" })
            }
        }

        @Test("what is TimescaleDB's is undone and compared too", .docker)
        func timescale() async throws {
            try await ProjectFixture.with("verify-timescale") { project in
                try project.write(
                    "sql/1_prices.sql",
                    """
                    CREATE TABLE price (at timestamptz NOT NULL, symbol text NOT NULL, value numeric);
                    SELECT create_hypertable('price', 'at');
                    -- nexenv:down
                    DROP TABLE price;
                    """
                )
                try project.write(
                    "sql/2_policy.sql",
                    "SELECT set_chunk_time_interval('price', INTERVAL '1 day');\n-- nexenv:down\nSELECT 1;\n"
                )
                try project.environment(
                    """
                    defaults: { durability: none }
                    services:
                      ts: { engine: timescaledb, version: "2.19.3-pg17", databases: { prices: { owner: keeper, migrations: sql } } }
                    """,
                    in: .docker
                )
                try await project.nexenv("up")
                let verified = try await project.nexenv("migrate", "verify", status: 65)
                #expect(verified.output.contains("✓ 1_prices\n"), "\(verified)")
                #expect(
                    verified.output.contains("✗ 2_policy\n    its way down changes: dimension public.price 1"),
                    "\(verified)"
                )
                let names = try await project.value("SELECT string_agg(datname, ' ') FROM pg_database", "ts")
                #expect(!names.contains("nexenv_"))
            }
        }

        @Test("killed at any moment, its copy goes with the next command", .native, arguments: [31] as [UInt64])
        func kills(_ seed: UInt64) async throws {
            try await ProjectFixture.with("verify-kill") { project in
                try await Self.start(project)
                for number in 1...4 {
                    try project.write(
                        "sql/\(number)_a.sql",
                        "-- nexenv:up\nCREATE TABLE t\(number) AS SELECT n FROM generate_series(1, 1000) AS n;\n-- nexenv:up tx=off\nCREATE INDEX CONCURRENTLY t\(number)_n ON t\(number) (n);\n-- nexenv:down\nDROP TABLE t\(number);\n"
                    )
                    try project.write(
                        "yaml/\(number)_a.yaml",
                        "up: [{ insert: t\(number), documents: [{ n: 1 }] }]\ndown: [{ drop: t\(number) }]\n"
                    )
                }
                project.keepAddresses()
                let undisturbed = try await project.nexenv("migrate", "verify")
                try await project.nexenv("migrate", "up")
                var generator = SeededGenerator(seed: seed)
                var left = 0
                for round in 0..<15 {
                    let moment = Double.random(in: 0...undisturbed.seconds, using: &generator)
                    try await project.nexenv("migrate", "verify", status: nil) { running in
                        try await Task.sleep(for: .seconds(moment))
                        running.send(SIGKILL)
                    }
                    left += try await Self.scratch(project).count
                    try await project.run(round % 3 == 0 ? ["migrate", "verify"] : ["up"])
                    let rest = try await Self.scratch(project)
                    #expect(rest.isEmpty, "round \(round), killed after \(moment) s: \(rest)")
                }
                #expect(left > 0)
            }
        }

        @Test("two at once don't take each other's copies", .native)
        func twoAtOnce() async throws {
            try await ProjectFixture.with("verify-two") { project in
                try await Self.start(project)
                try project.write(
                    "sql/1_a.sql",
                    "CREATE TABLE a (n int);\nSELECT pg_sleep(0.5);\n-- nexenv:down\nDROP TABLE a;\n"
                )
                try project.write("yaml/1_a.yaml", "up: [{ create: a }]\ndown: [{ drop: a }]\n")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 { group.addTask { try await project.nexenv("migrate", "verify") } }
                    try await group.waitForAll()
                }
                #expect(try await Self.scratch(project).isEmpty)
            }
        }
    }
}
