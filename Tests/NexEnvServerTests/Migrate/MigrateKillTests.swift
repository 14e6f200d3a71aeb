import ClientTesting
import Foundation
import MongoClient
import PostgresClient
import Testing

@testable import NexEnv

extension MigrateTests {
    /// `migrate up` may be killed at any moment, and the next one ends as one that nobody disturbed.
    @Suite(.waitsForSlots)
    struct Kill {
        @Test("killed at 50 moments, two of them at once", .native, arguments: [29] as [UInt64])
        func kills(_ seed: UInt64) async throws {
            try await ProjectFixture.with("migrate-kill") { project in
                let shop = try await KilledShop(project)
                let undisturbed = try await project.nexenv("migrate", "up")
                let whole = try await shop.content()
                #expect(whole.count > 30, "\(whole)")
                var generator = SeededGenerator(seed: seed)
                var killed = 0
                for round in 0..<50 {
                    try await shop.empty()
                    let moment = Double.random(in: 0...undisturbed.seconds, using: &generator)
                    async let other = round % 5 == 0 ? project.nexenv("migrate", "up") : nil
                    let run = try await project.nexenv("migrate", "up", status: nil) { running in
                        try await Task.sleep(for: .seconds(moment))
                        running.send(SIGKILL)
                    }
                    if run.status == 137 { killed += 1 }
                    _ = try await other
                    let again = try await project.nexenv("migrate", "up")
                    let content = try await shop.content()
                    let differences = whole.differences(to: content)
                    #expect(
                        differences.isEmpty,
                        "round \(round), killed after \(moment) s: \(differences) \(run) \(again)"
                    )
                }
                #expect(killed > 15)
            }
        }
    }
}

/// PostgreSQL and MongoDB with migrations of every kind.
private struct KilledShop {
    let project: ProjectFixture
    private let postgres: PostgresConfiguration
    private let mongo: MongoConfiguration

    init(_ project: ProjectFixture) async throws {
        self.project = project
        for (name, text) in Self.sql { try project.write("sql/\(name).sql", text) }
        for (name, text) in Self.yaml { try project.write("yaml/\(name).yaml", text) }
        try project.environment(
            """
            defaults: { durability: none }
            services:
              pg: { engine: postgres, databases: { shop: { owner: keeper, migrations: empty } } }
              mongo: { engine: mongodb, version: "6.0", replica_set: rs0, databases: { nexus: { migrations: empty } } }
            """,
            in: .native
        )
        try project.write("empty/.gitkeep", "")
        try await project.nexenv("up")
        let file = try String(contentsOfFile: project.folder + "/nexenv.yaml", encoding: .utf8)
        let parts = file.components(separatedBy: "migrations: empty")
        try project.write("nexenv.yaml", parts[0] + "migrations: sql" + parts[1] + "migrations: yaml" + parts[2])
        var postgres = try PostgresConfiguration(url: await project.url("pg"))
        postgres.database = "shop"
        self.postgres = postgres
        mongo = try MongoConfiguration(url: await project.url("mongo.nexus"))
    }

    private static let sql = [
        "01_tables": """
        CREATE SCHEMA app;
        CREATE TABLE app.customer (id int PRIMARY KEY, name text NOT NULL, level int NOT NULL DEFAULT 0);
        CREATE TABLE app.step (id int GENERATED ALWAYS AS IDENTITY, what text NOT NULL);
        INSERT INTO app.customer SELECT n, 'customer ' || n FROM generate_series(1, 3000) AS n;
        INSERT INTO app.step (what) VALUES ('tables');
        """,
        "02_index": "CREATE INDEX CONCURRENTLY customer_name ON app.customer (name);",
        "03_mixed": """
        INSERT INTO app.step (what) VALUES ('before');
        CREATE UNIQUE INDEX CONCURRENTLY ON app.customer (name, id);
        INSERT INTO app.step (what) VALUES ('behind');
        """,
        "04_steps": """
        -- nexenv:up
        SET search_path = app;
        UPDATE customer SET level = level + 1;
        -- nexenv:up tx=off
        UPDATE customer SET level = level + 10;
        VACUUM customer;
        UPDATE customer SET level = level + 100;
        BEGIN;
        UPDATE customer SET level = level + 1000;
        INSERT INTO step (what) VALUES ('block');
        COMMIT;
        """,
        "05_enum": """
        -- nexenv:up
        CREATE TYPE app.mood AS ENUM ('good');
        -- nexenv:up
        ALTER TYPE app.mood ADD VALUE 'bad';
        -- nexenv:up
        ALTER TABLE app.customer ADD COLUMN mood app.mood DEFAULT 'bad';
        """,
        "06_copy":
            "CREATE TABLE app.item (n int, t text);\nCOPY app.item FROM stdin;\n1\ta\n2\t\\N\n\\.\nINSERT INTO app.step (what) VALUES ('copy');",
        "07_code": """
        CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO app.step (what) VALUES (TG_TABLE_NAME); RETURN NEW; END $$;
        CREATE TRIGGER note AFTER INSERT ON app.item FOR EACH ROW EXECUTE FUNCTION app.note();
        INSERT INTO app.item VALUES (3, 'c');
        CREATE VIEW app.good AS SELECT id FROM app.customer WHERE mood = 'good';
        """,
        "08_drop": """
        -- nexenv:up tx=off
        CREATE INDEX CONCURRENTLY customer_level ON app.customer (level);
        INSERT INTO app.step (what) VALUES ('index');
        DROP INDEX CONCURRENTLY app.customer_name;
        CREATE INDEX CONCURRENTLY IF NOT EXISTS customer_name ON app.customer (upper(name));
        """,
    ]

    private static let yaml = [
        "01_create": """
        - { create: customer, validator: { $jsonSchema: { required: [n] } } }
        - { insert: customer, documents: [{ n: 1 }, { n: 2 }, { n: 3 }] }
        - { createIndexes: customer, indexes: [{ key: { n: 1 }, name: n, unique: true }] }
        """,
        "02_change": """
        - { update: customer, updates: [{ q: {}, u: { $inc: { level: 1 } }, multi: true }] }
        - { update: customer, updates: [{ q: { n: 3 }, u: { $inc: { level: 10 } } }] }
        - { delete: customer, deletes: [{ q: { n: 2 }, limit: 1 }] }
        """,
        "03_move": """
        - { create: old }
        - { insert: old, documents: [{ n: 1 }] }
        - { renameCollection: old, to: new }
        - { collMod: customer, validationLevel: moderate }
        """,
        "04_more": """
        - { insert: customer, documents: [{ n: 4 }] }
        - { createIndexes: customer, indexes: [{ key: { level: 1 }, name: level }] }
        - { drop: new }
        - { dropIndexes: customer, index: n }
        """,
    ]

    /// Takes both databases back to before their first migration.
    func empty() async throws {
        try await PostgresConnection.withConnection(to: postgres) {
            _ = try await $0.execute("DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA IF EXISTS nexenv CASCADE")
        }
        try await MongoConnection.withConnection(to: mongo) { _ = try await $0.run(["dropDatabase": 1], in: "nexus") }
    }

    /// What both databases consist of, their rows, and what their ledgers say happened.
    func content() async throws -> SchemaFingerprint {
        let tables = try await PostgresConnection.withConnection(to: postgres) { connection in
            var all = try await PostgresFingerprint.read(connection).objects
            for table in ["customer", "item", "good"] {
                let rows = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM app.\(table) t"
                all["rows of \(table)"] = try await connection.query(rows)[0][0].string
            }
            let steps = "SELECT string_agg(what, ' ' ORDER BY id) FROM app.step"
            all["steps"] = try await connection.query(steps)[0][0].string
            let ledger = """
                SELECT string_agg(concat_ws(' ', kind, name, checksum, statements_done, in_flight, is_complete, tokens, statement), E'\\n' ORDER BY name)
                  FROM nexenv.ledger
                """
            all["ledger"] = try await connection.query(ledger)[0][0].string
            let history = "SELECT string_agg(direction || ' ' || name, ', ' ORDER BY id) FROM nexenv.history"
            all["history"] = try await connection.query(history)[0][0].string
            return all
        }
        let collections = try await MongoConnection.withConnection(to: mongo) { connection in
            var all = try await MongoFingerprint.read("nexus", connection).objects
            let customers = try await connection.find("customer", in: "nexus", options: ["sort": ["_id": 1]]).all()
            all["documents"] = customers.map { $0.extendedJSON(.canonical) }.joined(separator: "\n")
            let hidden: BSONDocument = ["up.at": 0, "events.at": 0, "events.durationMs": 0]
            let options: BSONDocument = ["sort": ["_id": 1], "projection": .document(hidden)]
            let ledger = try await connection.find("nexenv.ledger", in: "nexus", options: options).all()
            all["ledger of MongoDB"] = ledger.map { $0.extendedJSON(.canonical) }.joined(separator: "\n")
            return all
        }
        return SchemaFingerprint(tables.merging(collections) { $1 })
    }
}

extension SchemaFingerprint {
    fileprivate var count: Int { objects.count }
}
