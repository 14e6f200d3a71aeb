import ClientTesting
import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

/// Databases go back to what the file says, or stay what they are.
@Suite(.waitsForSlots)
struct ResetTests {
    @Test("what was written by hand is gone, in every engine", .docker, .native, arguments: Place.allCases)
    func everyEngine(_ place: Place) async throws {
        try await ProjectFixture.with("reset-\(place.rawValue)") { project in
            try SeedTests.shop(project, in: place, seeds: ["base": SeedTests.base, "many": SeedTests.many])
            try await project.nexenv("up", "--seed")
            let whole = try await SeedTests.fingerprint(project)
            try await Self.spoil(project)
            let spoiled = try await SeedTests.fingerprint(project)

            // Nothing happens until somebody has said yes.
            let refused = try await project.nexenv("reset", status: 77)
            #expect(refused.error.contains("hint: say --yes"), "\(refused)")
            #expect(try await SeedTests.fingerprint(project) == spoiled)

            let run = try await project.nexenv("reset", "--yes")
            #expect(
                run.error.contains("pg.shop, mongo.nexus, redis.cache, redis.sessions, 9,007 rows seeded"),
                "\(run)"
            )
            #expect(try await SeedTests.fingerprint(project) == whole)
            #expect(try await project.value("SELECT to_regclass('spoiled') IS NULL", "pg.shop") == "t")
            let left = try await project.mongo("mongo.nexus") { try await Self.collections(of: "nexus", $0) }
            #expect(!left.contains("spoiled") && left.contains("profile"), "\(left)")
            try await Self.expectNoScratch(project)
            try await project.nexenv("status", "--exit-code")
            let again = try await project.nexenv("seed", "--json").json
            #expect(again["sets"].elements.allSatisfy { $0["inserted"].number == 0 && $0["updated"].number == 0 })
        }
    }

    @Test("only what is named is reset", .native)
    func named() async throws {
        try await ProjectFixture.with("reset-named") { project in
            try SeedTests.shop(project, in: .native, seeds: ["base": SeedTests.base, "many": SeedTests.many])
            try await project.nexenv("up", "--seed")
            let whole = try await SeedTests.fingerprint(project)
            try await Self.spoil(project)
            let spoiled = try await SeedTests.fingerprint(project)
            // Its rows refer to rows of PostgreSQL, whose identities they have to have.
            let json = try await project.nexenv("reset", "mongo.nexus", "redis", "--yes", "--json").json
            #expect(json["databases"].elements.compactMap(\.text) == ["mongo.nexus", "redis.cache", "redis.sessions"])
            let now = try await SeedTests.fingerprint(project)
            #expect(now == Array(spoiled[..<2] + whole[2...]))

            let database = try await project.nexenv("reset", "pg.shpo", "--yes", status: 64)
            #expect(database.error.contains("pg: it has no database `shpo`"), "\(database)")
            #expect(database.error.contains("did you mean `shop`?"), "\(database)")
            let service = try await project.nexenv("reset", "mongoo", "--yes", status: 64)
            #expect(service.error.contains("did you mean `mongo`?"), "\(service)")

            let text = try String(contentsOfFile: project.folder + "/nexenv.yaml", encoding: .utf8)
            try project.write("nexenv.yaml", "protected: true\n" + text)
            let kept = try await project.nexenv("reset", "--yes", status: 77)
            #expect(kept.error.contains("this environment is protected"), "\(kept)")
            try project.write("nexenv.yaml", text)

            try await project.nexenv("stop", "pg")
            let stopped = try await project.nexenv("reset", "--yes", status: 1)
            #expect(stopped.error.contains("pg: it isn't running"), "\(stopped)")
            try await project.nexenv("start", "pg")
            #expect(try await SeedTests.fingerprint(project) == now)
            try await Self.expectNoScratch(project)
        }
    }

    @Test("what fails on the way leaves all as it was", .native)
    func fails() async throws {
        try await ProjectFixture.with("reset-fails") { project in
            try SeedTests.shop(project, in: .native, seeds: ["base": SeedTests.base])
            try await project.nexenv("up", "--seed")
            try await Self.spoil(project)
            let spoiled = try await SeedTests.fingerprint(project)

            try project.write("seeds/base.yaml", SeedTests.base.replacing("price: 19.00", with: "price: -19.00"))
            let seed = try await project.nexenv("reset", "--yes", status: 65)
            #expect(seed.error.contains("seeds/base.yaml:14:"), "\(seed)")
            #expect(seed.error.contains("nothing was reset: all is as it was"), "\(seed)")
            #expect(!seed.error.contains("nexenv_scratch"), "\(seed)")
            try project.write("seeds/base.yaml", SeedTests.base)

            let shop = try String(contentsOfFile: project.folder + "/shop.sql", encoding: .utf8)
            try project.write("shop.sql", shop + "SELECT wrong;\n")
            let script = try await project.nexenv("reset", "--yes", status: 65)
            #expect(script.error.contains("shop.sql:9:10: error: column \"wrong\" does not exist"), "\(script)")
            #expect(script.error.contains("nothing was reset"), "\(script)")
            #expect(try await SeedTests.fingerprint(project) == spoiled)
            try await Self.expectNoScratch(project)
        }
    }

    @Test("killed at any moment, each database is the old one or the new one", .native, arguments: [11] as [UInt64])
    func kills(_ seed: UInt64) async throws {
        try await ProjectFixture.with("reset-kills") { project in
            var generator = SeededGenerator(seed: seed)
            try SeedTests.shop(project, in: .native, seeds: ["base": SeedTests.base, "many": SeedTests.many])
            try await project.nexenv("up", "--seed")
            let whole = try await SeedTests.fingerprint(project)
            let undisturbed = try await project.nexenv("reset", "--yes")
            #expect(try await SeedTests.fingerprint(project) == whole)
            for round in 0..<15 {
                try await Self.spoil(project)
                let spoiled = try await SeedTests.fingerprint(project)
                let moment = Double.random(in: 0...undisturbed.seconds, using: &generator)
                try await project.nexenv("reset", "--yes", status: nil) { running in
                    try await Task.sleep(for: .seconds(moment))
                    running.send(SIGKILL)
                }
                try await project.nexenv("up")
                let now = try await SeedTests.fingerprint(project)
                for index in now.indices {
                    #expect(
                        now[index] == spoiled[index] || now[index] == whole[index],
                        "round \(round), killed after \(moment) s: part \(index) is neither"
                    )
                }
                // The server may still be at the last statement of the one that was killed.
                try await eventually("nothing is left behind") {
                    try await project.nexenv("up")
                    return try await Self.scratch(project).isEmpty
                }
                try await project.nexenv("reset", "--yes")
                #expect(try await SeedTests.fingerprint(project) == whole, "round \(round), killed after \(moment) s")
            }
        }
    }

    @Test(
        "what belongs to a database's name stays: owner, settings, rights, comment; who is logged in is logged out",
        .native
    )
    func properties() async throws {
        try await ProjectFixture.with("reset-names") { project in
            try project.write(
                "shop.sql",
                """
                ALTER DATABASE shop SET search_path = app, public;
                COMMENT ON DATABASE shop IS 'It''s ours';
                GRANT CONNECT ON DATABASE shop TO reader;
                REVOKE CONNECT ON DATABASE shop FROM PUBLIC;
                CREATE SCHEMA app;
                CREATE TABLE app.t (n int);
                """
            )
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg:
                    engine: postgres
                    roles: { reader: {} }
                    databases: { shop: { owner: keeper, init: [shop.sql] }, other: {} }
                """,
                in: .native
            )
            try await project.nexenv("up")
            let properties = """
                SELECT (SELECT string_agg(unnest, ',') FROM pg_db_role_setting, unnest(setconfig) WHERE setdatabase = d.oid)
                    || '|' || shobj_description(oid, 'pg_database') || '|' || pg_get_userbyid(datdba)
                    || '|' || (SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(datacl) AS x)
                  FROM pg_database AS d WHERE datname = 'shop'
                """
            let before = try await project.value(properties, "pg.shop")
            let oid = "SELECT oid FROM pg_database WHERE datname = 'shop'"
            let old = try await project.value(oid, "pg")
            try await project.postgres("pg.shop") { connection in
                _ = try await connection.execute("INSERT INTO app.t VALUES (1)")
                try await project.nexenv("reset", "pg.shop", "--yes")
                let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
                #expect(error?.code == .connectionLost, "\(String(describing: error))")
            }
            #expect(try await project.value(oid, "pg") != old)
            #expect(try await project.value(properties, "pg.shop") == before)
            #expect(try await project.value("SELECT count(*) FROM t", "pg.shop") == "0")
        }
    }

    @Test("hypertables are reset, and their scheduler runs on", .docker)
    func hypertables() async throws {
        try await ProjectFixture.with("reset-time") { project in
            try project.write(
                "ticks.sql",
                """
                CREATE TABLE tick (at timestamptz NOT NULL, price numeric);
                SELECT create_hypertable('tick', 'at');
                """
            )
            try project.environment(
                """
                defaults: { durability: none }
                services: { ts: { engine: timescaledb, version: 2.19.3-pg17, databases: { market: { owner: keeper, init: [ticks.sql] } } } }
                """,
                in: .docker
            )
            try await project.nexenv("up")
            for round in 1...3 {
                try await project.postgres("ts.market") { connection in
                    _ = try await connection.execute(
                        "INSERT INTO tick SELECT now() - n * interval '1 day', n FROM generate_series(1, 100) AS n"
                    )
                }
                try await project.nexenv("reset", "--yes")
                #expect(try await project.value("SELECT count(*) FROM tick", "ts.market") == "0", "round \(round)")
                #expect(
                    try await project.value("SELECT count(*) FROM timescaledb_information.hypertables", "ts.market")
                        == "1"
                )
                try await eventually("the scheduler of the new database runs") {
                    try await project.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'market' AND backend_type ILIKE '%scheduler%'",
                        "ts"
                    ) == "1"
                }
            }
            #expect(
                try await project.value("SELECT count(*) FROM pg_database WHERE datname LIKE 'nexenv%'", "ts") == "0"
            )
        }
    }

    @Test("views, time series and validators come along", .native)
    func views() async throws {
        try await ProjectFixture.with("reset-views") { project in
            try project.write(
                "migrations/1_views.yaml",
                """
                tx: off
                up:
                  - create: reading
                    timeseries: { timeField: at, metaField: sensor, granularity: minutes }
                  - createIndexes: reading
                    indexes: [{ key: { sensor: 1, at: 1 }, name: by_sensor }]
                  - insert: reading
                    documents: [{ at: { $date: "2025-01-01T00:00:00Z" }, sensor: a, value: 1 }]
                  - create: person
                    validator: { age: { $gte: 0 } }
                  - create: adult
                    viewOn: person
                    pipeline: [{ $match: { age: { $gte: 18 } } }]
                """
            )
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  mongo:
                    engine: mongodb
                    version: "6.0"
                    replica_set: rs0
                    databases: { nexus: { owner: keeper, migrations: migrations } }
                """,
                in: .native
            )
            try await project.nexenv("up")
            let described = try await Self.description(project)
            try await project.mongo("mongo.nexus") { connection in
                _ = try await connection.run(["drop": "adult"], in: "nexus")
                try await connection.insert([["n": 1]], into: "adult", in: "nexus")
                _ = try await connection.run(["delete": "reading", "deletes": [["q": [:], "limit": 0]]], in: "nexus")
                _ = try await connection.run(["drop": "person"], in: "nexus")
            }
            try await project.nexenv("reset", "mongo", "--yes")
            #expect(try await Self.description(project) == described)
            let count: BSONDocument = ["count": "reading"]
            #expect(try await project.mongo("mongo.nexus") { try await $0.run(count, in: "nexus")["n"]?.int } == 1)
        }
    }

    // MARK: - Helpers

    /// Changes rows, and adds what no file mentions, in every database.
    private static func spoil(_ project: ProjectFixture) async throws {
        try await project.postgres("pg.shop") { connection in
            _ = try await connection.execute(
                "UPDATE account SET note = 'spoiled'; DELETE FROM account WHERE email = 'bob'; CREATE TABLE spoiled (n int)"
            )
        }
        try await project.mongo("mongo.nexus") { connection in
            let change: BSONDocument = ["q": [:], "u": ["$set": ["age": 99]], "multi": true]
            _ = try await connection.run(["update": "profile", "updates": [.document(change)]], in: "nexus")
            try await connection.insert([["n": 1]], into: "spoiled", in: "nexus")
        }
        for database in ["redis.cache", "redis.sessions"] {
            try await project.redis(database) { _ = try await $0.send(["HSET", "spoiled", "n", "1"]) }
        }
    }

    /// What nexenv's own databases are called that are there.
    private static func scratch(_ project: ProjectFixture) async throws -> [String] {
        var all = try await project.postgres("pg") { connection in
            try await connection.query("SELECT datname FROM pg_database WHERE datname LIKE 'nexenv%'").map {
                try $0.string(0)
            }
        }
        all += try await project.mongo("mongo") { connection in
            let reply = try await connection.run(["listDatabases": 1], in: "admin")
            return (reply["databases"]?.array ?? []).compactMap { $0.document?["name"]?.string }
                .filter { $0.hasPrefix("nexenv") }
        }
        let spare = try await project.redis("redis.cache") { connection in
            try await connection.send(["INFO", "keyspace"]).text?.split(whereSeparator: \.isNewline).map(String.init)
                ?? []
        }
        return all + spare.filter { $0.hasPrefix("db") && !$0.hasPrefix("db0:") && !$0.hasPrefix("db1:") }
    }

    private static func expectNoScratch(_ project: ProjectFixture) async throws {
        #expect(try await scratch(project) == [])
    }

    private static func collections(of database: String, _ connection: MongoConnection) async throws -> [String] {
        let reply = try await connection.run(["listCollections": 1], in: database)
        return (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap { $0.document?["name"]?.string }
    }

    /// All collections of the database with their options and indexes.
    private static func description(_ project: ProjectFixture) async throws -> [String] {
        try await project.mongo("mongo") { connection in
            let reply = try await connection.run(["listCollections": 1], in: "nexus")
            var all: [String] = []
            for entry in reply["cursor"]?.document?["firstBatch"]?.array ?? [] {
                guard let document = entry.document, let name = document["name"]?.string else { continue }
                var text =
                    "\(name) \(document["type"]?.string ?? "") \(document["options"]?.document?.extendedJSON(.canonical) ?? "")"
                if document["type"]?.string != "view", !name.hasPrefix("nexenv."), !name.hasPrefix("system.") {
                    let indexes = try await connection.run(["listIndexes": .string(name)], in: "nexus")
                    text += " \(indexes["cursor"]?.document?["firstBatch"]?.array?.count ?? 0)"
                }
                all.append(text)
            }
            return all.sorted()
        }
    }
}
