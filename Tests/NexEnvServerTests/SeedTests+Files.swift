import ClientTesting
import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

/// Sets whose rows are in files.
extension SeedTests {
    @Test("files: CSV, JSON, JSON Lines, YAML and SQL into each engine", .native)
    func files() async throws {
        try await ProjectFixture.with("seedfiles") { project in
            let id = "00000000-0000-4000-8000-00000000000"
            try project.write(
                "data/plans.csv",
                "ID;code;Name;price\n\(id)a;a;\"with\n\"\"quotes\"\"\";1.50\n\(id)b;b;-;2\n"
            )
            try project.write(
                "data/plans.jsonl",
                "{\"id\": \"\(id)c\", \"code\": \"c\", \"features\": [\"x\"], \"meta\": {\"a\": [1]}}\n"
            )
            try project.write("data/plans.yaml", "d: { id: \(id)d, code: d, name: !tpl \"${code}!\" }\n")
            try project.write(
                "data/plans.sql",
                "INSERT INTO plan (id, code) VALUES ('\(id)e', 'e'), ('\(id)f', 'f');\n"
            )
            try project.write(
                "data/profiles.json",
                #"[{"email": "x", "at": {"$date": "2024-12-02T00:00:00Z"}}, {"email": "y", "age": 3}]"#
            )
            try project.write("data/flags.csv", "key,string\nflag:a,on\nflag:b,off\n")
            let seeds = """
                sets:
                  csv: { into: pg.shop.plan, key: [code], from: { csv: ../data/plans.csv, delimiter: ;, "null": "-", columns: { ID: id, code: code, Name: name, price: price } } }
                  jsonl: { into: pg.shop.plan, key: [code], defaults: { price: 7 }, from: { jsonl: ../data/plans.jsonl } }
                  yaml: { into: pg.shop.plan, key: [code], from: { yaml: ../data/plans.yaml } }
                  sql: { into: pg.shop, from: { sql: ../data/plans.sql } }
                  profiles: { into: mongo.nexus.profile, key: [email], from: { json: ../data/profiles.json } }
                  flags: { into: redis.cache, from: { csv: ../data/flags.csv } }
                  accounts:
                    into: pg.shop.account
                    key: [email]
                    generate:
                      count: 4
                      fields: { id: !id , email: !gen { template: "${note}@example.test" }, note: !gen { pick: "csv#code", dist: cycle }, plan_id: !gen { pick: "csv#id" } }
                """
            try Self.shop(
                project,
                in: .native,
                seeds: [
                    "s": seeds.replacing("key: [email]\n", with: "key: [id]\n").replacing(
                        "template: \"${note}@",
                        with: "template: \"${id}@"
                    )
                ]
            )
            try await project.nexenv("up")
            try await project.nexenv("seed")
            let plans = try await project.value(
                "SELECT string_agg(concat_ws('|', code, name, price, features, meta), ' ' ORDER BY code) FROM plan",
                "pg.shop"
            )
            #expect(plans == "a|with\n\"quotes\"|1.50 b|2.00 c|7.00|{x}|{\"a\": [1]} d|d! e f")
            let documents = try await project.mongo("mongo.nexus") { connection in
                var cursor = try await connection.find(
                    "profile",
                    in: "nexus",
                    options: ["projection": ["_id": 0], "sort": ["email": 1]]
                )
                return try await cursor.nextBatch()?.map { $0.extendedJSON(.relaxed) }
            }
            #expect(
                documents == [
                    #"{"email": "x", "at": {"$date": "2024-12-02T00:00:00Z"}}"#, #"{"email": "y", "age": 3}"#,
                ]
            )
            #expect(
                try await project.redis("redis.cache") {
                    try await $0.send(["MGET", "flag:a", "flag:b"]).array?.map(\.text)
                } == ["on", "off"]
            )
            let notes = try await project.value(
                "SELECT string_agg(note, '' ORDER BY account.id) FROM account JOIN plan p ON p.id = plan_id",
                "pg.shop"
            )
            #expect(notes == "abab")
            #expect(try await project.nexenv("seed").error.contains("nothing to do: 7 sets"))
            // A change of a file is seen; a mistake in it has its line.
            try project.write(
                "data/plans.csv",
                "ID;code;Name;price\n\(id)a;a;\"with\n\"\"quotes\"\"\";1.50\n\(id)b;b;-;two\n"
            )
            let failed = try await project.nexenv("seed", status: 65)
            #expect(
                failed.error.contains("data/plans.csv:4:1: error: csv: invalid input syntax for type numeric: \"two\""),
                "\(failed)"
            )
            try project.write(
                "data/plans.csv",
                "ID;code;Name;price\n\(id)a;a;\"with\n\"\"quotes\"\"\";1.50\n\(id)b;b;-;-1\n"
            )
            let refused = try await project.nexenv("seed", status: 65)
            #expect(
                refused.error.contains("data/plans.csv:4:1: error: csv: new row for relation \"plan\" violates check"),
                "\(refused)"
            )
            try project.write("data/profiles.json", "[{\"email\": \"x\"},\n{\"email\": \"z\", \"age\": -1}]")
            let invalid = try await project.nexenv("seed", "--set", "profiles", status: 65)
            #expect(
                invalid.error.contains("data/profiles.json:2:1: error: profiles: Document failed validation"),
                "\(invalid)"
            )
        }
    }
}
