import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

/// What the file says about a server is what the server does.
@Suite(.waitsForSlots)
struct EngineTests {
    @Test("PostgreSQL: configuration file, settings, durability", .docker, .native, arguments: Place.allCases)
    func postgres(_ place: Place) async throws {
        try await ProjectFixture.with("settings-\(place.rawValue)") { project in
            try project.write(
                "pg.conf",
                "work_mem = 9MB  # ours\nmaintenance_work_mem = '33MB'\nsynchronous_commit = local\n"
            )
            try project.environment(
                """
                services:
                  pg: { engine: postgres, config: pg.conf, durability: none, settings: { work_mem: 11MB } }
                """,
                in: place
            )
            try await project.nexenv("up")
            for (name, value) in [
                ("work_mem", "11MB"), ("maintenance_work_mem", "33MB"), ("fsync", "off"), ("full_page_writes", "off"),
                ("synchronous_commit", "local"),
            ] {
                #expect(try await project.value("SHOW \(name)", "pg") == value, "\(name)")
            }
            let durable = [("full", "on", "on"), ("relaxed", "on", "off")]
            for (durability, fsync, commit) in durable {
                try project.environment("services:\n  pg: { engine: postgres, durability: \(durability) }", in: place)
                try await project.nexenv("up")
                #expect(try await project.value("SHOW fsync", "pg") == fsync)
                #expect(try await project.value("SHOW synchronous_commit", "pg") == commit)
            }
        }
    }

    @Test("TimescaleDB: a hypertable", .docker)
    func timescale() async throws {
        try await ProjectFixture.with("timescale") { project in
            try project.write(
                "init.sql",
                """
                CREATE TABLE price (at timestamptz NOT NULL, value float8);
                SELECT create_hypertable('price', 'at');
                INSERT INTO price SELECT t, 1 FROM generate_series('2026-01-01'::timestamptz, '2026-01-31', '1 day') AS t;
                """
            )
            try project.environment(
                """
                services:
                  ts: { engine: timescaledb, version: 2.19.3-pg17, durability: none, databases: { ticks: { owner: boss, init: [init.sql] } } }
                """
            )
            try await project.nexenv("up")
            #expect(try await project.value("SELECT count(*) FROM show_chunks('price')", "ts.ticks") != "1")
            #expect(try await project.value("SELECT count(*) FROM price", "ts.ticks") == "31")
        }
    }

    @Test("Redis: configuration file and named databases", .docker, .native, arguments: Place.allCases)
    func redis(_ place: Place) async throws {
        try await ProjectFixture.with("redis-\(place.rawValue)") { project in
            try project.write("redis.conf", "maxmemory 33mb\nmaxmemory-policy allkeys-lru\nport 1\nappendonly yes\n")
            try project.environment(
                """
                services:
                  redis: { engine: redis, config: redis.conf, settings: { maxmemory: 44mb }, databases: { cache: 0, far: 20 } }
                """,
                in: place
            )
            try await project.nexenv("up")
            let values = try await project.redis("redis.far") { connection in
                _ = try await connection.send(["SET", "a", "1"])
                let memory = try await connection.send(["CONFIG", "GET", "maxmemory"]).array?[1].text
                let policy = try await connection.send(["CONFIG", "GET", "maxmemory-policy"]).array?[1].text
                return [memory, policy]
            }
            #expect(values == ["\(44 << 20)", "allkeys-lru"])
            #expect(try await project.redis("redis.cache") { try await $0.send(["GET", "a"]).isNull })
            try await project.nexenv("restart")
            #expect(try await project.redis("redis.far") { try await $0.send(["GET", "a"]).text } == "1")
        }
    }

    @Test("MongoDB: validators refuse, indexes are as declared, changes are applied", .native)
    func mongo() async throws {
        try await ProjectFixture.with("collections") { project in
            func file(minimum: Int, expiry: String) throws {
                try project.write(
                    "users.yaml",
                    """
                    collection: users
                    validator: { $jsonSchema: { required: [age], properties: { age: { minimum: \(minimum) } } } }
                    indexes:
                      - { keys: { email: 1 }, unique: true }
                      - { keys: { seen: 1 }, expire_after: \(expiry) }
                      - { keys: { bio: text, name: text }, weights: { name: 5 } }
                    """
                )
            }
            try project.environment(
                "services:\n  mongo: { engine: mongodb, version: \"6.0\", databases: { nexus: { owner: boss, collections: [users.yaml] } } }",
                in: .native
            )
            try file(minimum: 18, expiry: "1h")
            try await project.nexenv("up")
            let error = await #expect(throws: MongoError.self) {
                try await project.mongo("mongo.nexus") {
                    _ = try await $0.insert([["age": 17, "email": "a"]], into: "users", in: "nexus")
                }
            }
            #expect(error?.writeErrors.first?.code == 121)
            let indexes = try await indexes(project)
            #expect(indexes["email_1"]?["unique"]?.bool == true)
            #expect(indexes["seen_1"]?["expireAfterSeconds"]?.int == 3_600)
            #expect(indexes["bio_text_name_text"]?["weights"]?.document?["name"]?.int == 5)
            try file(minimum: 16, expiry: "2h")
            try await project.nexenv("up")
            try await project.mongo("mongo.nexus") {
                _ = try await $0.insert([["age": 17, "email": "a"]], into: "users", in: "nexus")
            }
            let changed = try await self.indexes(project)
            #expect(changed["seen_1"]?["expireAfterSeconds"]?.int == 7_200)
            #expect(try await project.nexenv("up").error.contains("nothing to do"))
        }
    }

    @Test("roles of MongoDB have the rights that the file gives them, and get others when it does", .native)
    func roles() async throws {
        try await ProjectFixture.with("mongo-roles") { project in
            func file(_ right: String) throws {
                try project.environment(
                    "services:\n  mongo: { engine: mongodb, version: \"6.0\", databases: { nexus: { owner: boss, roles: { clerk: { ledger: \(right) } } } } }",
                    in: .native
                )
            }
            try file("add")
            try await project.nexenv("up")
            let address = try await project.mongo("mongo.nexus") { connection in
                let user: BSONDocument = ["createUser": "ada", "pwd": "secret", "roles": ["clerk"]]
                try await connection.run(user, in: "nexus")
                let port = try await project.port("mongo")
                return "mongodb://ada:secret@127.0.0.1:\(port)/nexus?authSource=nexus&directConnection=true"
            }
            func removes() async throws -> Bool {
                try await MongoConnection.withConnection(to: MongoConfiguration(url: address)) { connection in
                    _ = try await connection.insert([["n": 1]], into: "ledger", in: "nexus")
                    let deletion: BSONDocument = ["delete": "ledger", "deletes": [["q": [:], "limit": 0]]]
                    do {
                        try await connection.run(deletion, in: "nexus")
                        return true
                    } catch let error as MongoError where error.codeName == "Unauthorized" {
                        return false
                    }
                }
            }
            #expect(try await !removes())
            #expect(try await project.nexenv("up").error.contains("nothing to do"))
            try file("write")
            try await project.nexenv("up")
            #expect(try await removes())
            try await project.mongo("mongo") { _ = try await $0.run(["dropRole": "clerk"], in: "nexus") }
            let status = try await project.nexenv("status", "--json").json["services"][0]
            #expect(status["state"].text == "incomplete")
            try await project.nexenv("up")
            let mended = try await project.nexenv("status", "--json").json["services"][0]
            #expect(mended["state"].text == "ready")
        }
    }

    private func indexes(_ project: ProjectFixture) async throws -> [String: BSONDocument] {
        try await project.mongo("mongo.nexus") { connection in
            let reply = try await connection.run(["listIndexes": "users"], in: "nexus")
            var indexes: [String: BSONDocument] = [:]
            for entry in reply["cursor"]?.document?["firstBatch"]?.array ?? [] {
                if let document = entry.document, let name = document["name"]?.string { indexes[name] = document }
            }
            return indexes
        }
    }
}
