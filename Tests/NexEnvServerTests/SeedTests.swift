import ClientTesting
import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

/// Sets fill databases, once and for all.
@Suite(.waitsForSlots)
struct SeedTests {
    /// A shop: two tables, a collection, two logical databases of Redis.
    static func shop(_ project: ProjectFixture, in place: Place, seeds: [String: String]) throws {
        try project.write(
            "shop.sql",
            """
            CREATE TABLE plan (
                id uuid PRIMARY KEY, code text UNIQUE NOT NULL, name text, price numeric(10, 2) CHECK (price >= 0),
                features text[], meta jsonb
            );
            CREATE TABLE account (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text UNIQUE NOT NULL,
                plan_id uuid NOT NULL REFERENCES plan, boss_id bigint REFERENCES account,
                made_at timestamptz DEFAULT '2020-01-01Z', note text
            );
            """
        )
        try project.write(
            "profile.yaml",
            """
            collection: profile
            validator: { $jsonSchema: { properties: { age: { bsonType: int, minimum: 0 } } } }
            indexes: [{ keys: { email: 1 }, unique: true }]
            """
        )
        for (name, text) in seeds { try project.write("seeds/\(name).yaml", text) }
        let files = seeds.keys.sorted().map { "seeds/\($0).yaml" }.joined(separator: ", ")
        try project.environment(
            """
            defaults: { durability: none }
            services:
              pg: { engine: postgres, databases: { shop: { owner: keeper, init: [shop.sql] } } }
              mongo:
                engine: mongodb
                version: "6.0"
                replica_set: rs0
                databases: { nexus: { collections: [profile.yaml] } }
              redis: { engine: redis, databases: { cache: 0, sessions: 1 } }
            seeds: [\(files)]
            modes: { production: { defaults: { durability: none } } }
            """,
            in: place
        )
    }

    static let base = """
        clock: 2025-01-01T00:00:00Z
        sets:
          accounts:
            into: pg.shop.account
            key: email
            rows:
              root: { id: !id , email: root@example.test, plan_id: !ref plans/pro, made_at: !at -30d, note: "a\\tb" }
              bob: { id: !id , email: !tpl "bob+${ref:plans/free#code}@example.test", plan_id: !ref plans/free, boss_id: !ref accounts/root }
          plans:
            into: pg.shop.plan
            key: [code]
            rows:
              free: { id: !id , code: free, name: Free, price: 0, features: [a, "b c", 'q"x\\'], meta: { x: [1, 2.50, null], y: é } }
              pro: { id: !id , code: pro, name: Pro, price: 19.00 }
          profiles:
            into: mongo.nexus.profile
            rows:
              root: { _id: !ref accounts/root, email: !ref accounts/root#email, age: 41, since: { $date: "2024-12-02T00:00:00Z" } }
          sessions:
            into: redis.sessions
            rows:
              first: { key: !tpl "session:${ref:accounts/root}", hash: { account: !ref accounts/root, plan: !ref plans/pro }, ttl: 2h }
              top: { key: top, zset: { root: 2.5, bob: 1 } }
        """

    static let many = """
        sets:
          people:
            into: pg.shop.account
            key: [email]
            generate:
              count: 3_000
              fields:
                id: !id
                email: !gen { email: { domain: people.test, unique: true } }
                plan_id: !gen { pick: plans, weights: { free: 80, pro: 20 } }
                made_at: !gen { time: { from: -365d, to: 0d } }
          fans:
            into: mongo.nexus.fan
            generate:
              count: 3_000
              fields: { _id: !id , account: !gen { pick: people }, score: !gen { normal: { mean: 20, sd: 4, round: 2 } } }
          cached:
            into: redis.cache
            generate:
              count: 3_000
              let: { n: !gen sequence }
              fields: { key: !gen { template: "account:${n}" }, hash: { plan: !gen { pick: "plans#code" } }, ttl: 1h }
        """

    @Test(
        "one label is one identity in every engine, and a second run changes nothing",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func everyEngine(_ place: Place) async throws {
        try await ProjectFixture.with("seed-\(place.rawValue)") { project in
            try Self.shop(project, in: place, seeds: ["base": Self.base, "many": Self.many])
            let up = try await project.nexenv("up", "--seed", "--json").json
            #expect(up["seeds"].elements.map { $0["inserted"].number ?? 0 }.reduce(0, +) == 9_007)
            try await Self.expectSame(project)
            for arguments in [["seed", "--json"], ["seed", "--fresh", "--json"]] {
                let run = try await project.run(arguments)
                for set in run.json["sets"].elements {
                    #expect(set["unchanged"].number ?? 0 > 0 && set["inserted"].number == 0, "\(run)")
                    #expect(set["updated"].number == 0 && set["deleted"].number == 0, "\(run)")
                }
                #expect(run.json["sets"].elements.count == 7)
            }
            let dead = try await project.value(
                "SELECT sum(pg_stat_get_tuples_updated(oid) + pg_stat_get_dead_tuples(oid)) FROM pg_class WHERE relname IN ('plan', 'account')",
                "pg.shop"
            )
            #expect(dead == "0")
            // What somebody changed by hand is seen, and put right.
            try await project.postgres("pg.shop") {
                _ = try await $0.execute(
                    "UPDATE plan SET name = 'other' WHERE code = 'pro'; DELETE FROM account WHERE note IS NULL AND boss_id IS NOT NULL"
                )
            }
            try await project.redis("redis.sessions") { _ = try await $0.send(["DEL", "top"]) }
            try await project.mongo("mongo.nexus") {
                _ = try await $0.run(["delete": "profile", "deletes": [["q": [:], "limit": 0]]], in: "nexus")
            }
            let plan = try await project.nexenv("seed", "--plan", "--json").json["sets"].elements
            let mended = try await project.nexenv("seed", "--json").json["sets"].elements
            for sets in [plan, mended] {
                let changes = sets.map {
                    "\($0["set"].text ?? "") \($0["inserted"].number ?? 0) \($0["updated"].number ?? 0)"
                }
                let expected = ["plans 0 1", "accounts 1 0", "profiles 1 0", "sessions 1 0"]
                #expect(expected.allSatisfy(changes.contains), "\(changes)")
            }
            try await Self.expectSame(project)
        }
    }

    /// Expects the rows of the base sets, with the same identities everywhere.
    static func expectSame(_ project: ProjectFixture) async throws {
        let row = try await project.value(
            """
            SELECT concat_ws('|', a.id, a.email, a.note, a.made_at AT TIME ZONE 'UTC', p.name, p.price,
                   (SELECT concat_ws('|', b.boss_id = a.id, b.made_at AT TIME ZONE 'UTC', q.features, q.meta)
                      FROM account b JOIN plan q ON q.id = b.plan_id WHERE b.email = 'bob+free@example.test'))
              FROM account a JOIN plan p ON p.id = a.plan_id WHERE a.email = 'root@example.test'
            """,
            "pg.shop"
        )
        let id = String(row.prefix { $0 != "|" })
        let rest =
            #"|root@example.test|a\#tb|2024-12-02 00:00:00|Pro|19.00|t|2020-01-01 00:00:00|{a,"b c","q\"x\\"}|{"x": [1, 2.50, null], "y": "é"}"#
        #expect(row == id + rest)
        let profile = try await project.mongo("mongo.nexus") { connection in
            var cursor = try await connection.find("profile", in: "nexus")
            return try await cursor.nextBatch()?.first?.extendedJSON(.relaxed)
        }
        let expected =
            #"{"_id": \#(id), "email": "root@example.test", "age": 41, "since": {"$date": "2024-12-02T00:00:00Z"}}"#
        #expect(profile == expected)
        let session = try await project.redis("redis.sessions") {
            try await $0.send(["HGET", RedisArgument("session:\(id)"), "account"]).text
        }
        #expect(session == id)
        let lifetime = try await project.redis("redis.sessions") {
            try await $0.send(["TTL", RedisArgument("session:\(id)")]).int
        }
        #expect((1...7_200).contains(lifetime ?? 0))
    }

    // MARK: - Modes

    @Test("modes: what happens to rows that are there", .native)
    func modes() async throws {
        try await ProjectFixture.with("seedmodes") { project in
            func seeds(_ mode: String, _ rows: String) throws -> [String: String] {
                [
                    "s": """
                    sets:
                      plans: { into: pg.shop.plan, key: [code], mode: \(mode), on_insert_only: [meta], rows: { \(rows) } }
                      profiles: { into: mongo.nexus.profile, key: [email], mode: \(mode), on_insert_only: [meta], rows: { \(rows.replacing("code:", with: "email:").replacing("price:", with: "age:")) } }
                    """
                ]
            }
            func seed(_ mode: String, _ rows: String) async throws -> String {
                try Self.shop(project, in: .native, seeds: seeds(mode, rows))
                let run = try await project.nexenv("seed", "--json")
                let sets = run.json["sets"].elements.map { set in
                    ["inserted", "updated", "deleted"].map { "\(set[$0].number ?? -1)" }.joined(separator: " ")
                }
                #expect(Set(sets).count == 1, "\(run)")
                return sets.first ?? ""
            }
            func codes() async throws -> String {
                let sql =
                    "SELECT string_agg(code || price::int || coalesce(meta->>'m', ''), ' ' ORDER BY code) FROM plan"
                let postgres = try await project.value(sql, "pg.shop")
                let mongo = try await project.mongo("mongo.nexus") { connection in
                    var cursor = try await connection.find("profile", in: "nexus", options: ["sort": ["email": 1]])
                    let documents = try await cursor.nextBatch() ?? []
                    return documents.map { document in
                        "\(document["email"]?.string ?? "")\(document["age"]?.int ?? -1)\(document["meta"]?.document?["m"]?.string ?? "")"
                    }.joined(separator: " ")
                }
                #expect(postgres == mongo)
                return postgres
            }
            let a = "a: { code: a, price: 1, id: 00000000-0000-4000-8000-00000000000a, meta: { m: x } }"
            let b = "b: { code: b, price: 2, id: 00000000-0000-4000-8000-00000000000b }"
            try Self.shop(project, in: .native, seeds: seeds("ensure", a))
            try await project.nexenv("up")
            #expect(try await seed("ensure", a) == "1 0 0")
            #expect(try await seed("ensure", a.replacing("price: 1", with: "price: 3")) == "0 0 0")
            #expect(try await codes() == "a1x")
            // What is set on insert only stays.
            let changed = a.replacing("price: 1", with: "price: 5").replacing("m: x", with: "m: z")
            #expect(try await seed("upsert", changed + ", " + b) == "1 1 0")
            #expect(try await codes() == "a5x b2")
            // Only what a set has added itself is its own to remove.
            #expect(
                try await seed("sync", b + ", c: { code: c, price: 3, id: 00000000-0000-4000-8000-00000000000c }")
                    == "1 0 0"
            )
            #expect(try await codes() == "a5x b2 c3")
            #expect(try await seed("sync", b) == "0 0 1")
            #expect(try await codes() == "a5x b2")
            #expect(try await seed("replace", b.replacing("price: 2", with: "price: 4")) == "0 1 1")
            #expect(try await codes() == "b4")
            #expect(try await seed("append", a) == "1 0 0")
            #expect(try await seed("append", a) == "0 0 0")
            #expect(try await codes() == "a1x b4")
        }
    }

    @Test("a mode gets the sets that are meant for it, a protected environment loses nothing", .native)
    func modesOfTheEnvironment() async throws {
        try await ProjectFixture.with("seedonly") { project in
            let seeds = """
                sets:
                  all: { into: pg.shop.plan, key: [code], rows: { a: { id: !id , code: all } } }
                  dev: { into: pg.shop.plan, key: [code], only: development, rows: { a: { id: !id , code: dev } } }
                  live: { into: pg.shop.plan, key: [code], only: [production], rows: { a: { id: !id , code: live } } }
                """
            try Self.shop(project, in: .native, seeds: ["s": seeds])
            try await project.nexenv("up")
            let codes = "SELECT string_agg(code, ' ' ORDER BY code) FROM plan"
            try await project.nexenv("--mode", "production", "seed")
            #expect(try await project.value(codes, "pg.shop") == "all live")
            try await project.nexenv("seed")
            #expect(try await project.value(codes, "pg.shop") == "all dev live")
            try project.write(
                "seeds/s.yaml",
                seeds + "\n  gone: { into: pg.shop.plan, key: [code], mode: replace, rows: {} }\n"
            )
            let file = try String(contentsOfFile: project.folder + "/nexenv.yaml", encoding: .utf8)
            try project.write("nexenv.yaml", file + "protected: true\n")
            let refused = try await project.nexenv("seed", status: 77)
            #expect(refused.error.contains("the set `gone` removes rows"), "\(refused)")
            #expect(try await project.value(codes, "pg.shop") == "all dev live")
        }
    }

    @Test("passwords are hashed once, verified afterwards, and never seen", .native)
    func passwords() async throws {
        try await ProjectFixture.with("seedhash", environment: ["ROOT_PASSWORD": "s3cret-of-root"]) { project in
            let seeds = """
                sets:
                  admins:
                    into: pg.shop.plan
                    key: [code]
                    rows:
                      root: { id: !id , code: root, name: !hash { alg: bcrypt, cost: 5, from: !env ROOT_PASSWORD } }
                  profiles:
                    into: mongo.nexus.profile
                    key: [email]
                    rows:
                      root: { email: r, login: { hash: !hash { alg: argon2id, from: !env ROOT_PASSWORD } } }
                """
            try Self.shop(project, in: .native, seeds: ["s": seeds])
            try await project.nexenv("up", "--seed")
            let hash = try await project.value("SELECT name FROM plan", "pg.shop")
            #expect(hash.hasPrefix("$2b$05$"))
            let again = try await project.nexenv("seed", "--fresh", "-v")
            #expect(again.error.contains("nothing to do: 2 sets"), "\(again)")
            #expect(!again.error.contains("s3cret"))
            #expect(try await project.value("SELECT name FROM plan", "pg.shop") == hash)
            let changed = try await project.nexenv("seed", "--json", environment: ["ROOT_PASSWORD": "another"])
            #expect(changed.json["sets"].elements.map { $0["updated"].number } == [1, 1])
            #expect(try await project.value("SELECT name FROM plan", "pg.shop") != hash)
        }
    }

    @Test("logical databases of one Redis: loaded together, left alone together", .native)
    func logicalDatabases() async throws {
        try await ProjectFixture.with("seedredis") { project in
            func seeds(_ text: String) throws {
                try project.write(
                    "seeds.yaml",
                    """
                    sets:
                      cache: { into: redis.cache, rows: { a: { key: a, string: x }, b: { key: b, string: "\(text)" } } }
                      sessions: { into: redis.sessions, rows: { s: { key: s, hash: { a: 1 } } } }
                    """
                )
            }
            func skipped() async throws -> [Bool?] {
                try await project.nexenv("seed", "--json").json["sets"].elements.map { $0["isSkipped"].flag }
            }
            try seeds("y")
            try project.environment(
                """
                services: { redis: { engine: redis, databases: { cache: 0, sessions: 1 } } }
                seeds: [seeds.yaml]
                """,
                in: .native
            )
            try await project.nexenv("up")
            #expect(try await skipped() == [false, false])
            #expect(try await skipped() == [true, true])
            // Saving and reading are no changes.
            _ = try await project.redis("redis.cache") { connection in
                try await connection.send(["SAVE"])
                return try await connection.send(["GET", "a"]).text
            }
            #expect(try await skipped() == [true, true])
            try seeds("z")
            #expect(try await skipped() == [false, true])
            // It wrote, and nobody knows into which of them.
            #expect(try await skipped() == [true, false])
            #expect(try await skipped() == [true, true])
            _ = try await project.redis("redis.sessions") { try await $0.send(["HSET", "s", "a", "2"]) }
            #expect(try await skipped() == [false, false])
            #expect(try await project.redis("redis.sessions") { try await $0.send(["HGET", "s", "a"]).text } == "1")
            // What is put right changes the state of the other one.
            _ = try await skipped()
            #expect(try await skipped() == [true, true])
        }
    }
}
