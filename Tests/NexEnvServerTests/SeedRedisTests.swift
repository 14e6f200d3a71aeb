import RedisClient
import Testing

/// Files of hashes fill an empty logical database as `HSET` would.
@Suite(.waitsForSlots)
struct SeedRedisTests {
    private static func prepare(_ project: ProjectFixture) throws {
        try project.write("h.yaml", "sets: { hashes: { into: redis.one, from: { jsonl: h.jsonl } } }")
        try project.environment(
            """
            defaults: { durability: none }
            services:
              redis: { engine: redis, databases: { one: 0, two: 1 } }
            seeds: [h.yaml]
            """,
            in: .native
        )
    }

    private static func line(_ key: String, _ fields: [(String, String)]) -> String {
        let pairs = fields.map { "\"\($0)\": \"\($1)\"" }.joined(separator: ", ")
        return "{\"key\": \"\(key)\", \"hash\": {\(pairs)}}\n"
    }

    /// Words of many lengths, numbers among them, and letters that JSON files are seldom without.
    private static func word(_ random: inout SystemRandomNumberGenerator) -> String {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: "\(Int.random(in: -5_000...5_000, using: &random))"
        case 1: "\(Int.random(in: Int.min...Int.max, using: &random))"
        case 2: String(repeating: "y", count: [63, 64, 65, 300, 20_000].randomElement(using: &random) ?? 0)
        case 3: "Zoë \u{1f600}"
        default: String(repeating: "xyz", count: Int.random(in: 0...7, using: &random))
        }
    }

    @Test("random hashes, some keys twice: each is what HSET makes, to the byte", .native)
    func hashes() async throws {
        try await ProjectFixture.with("seedhashes") { project in
            try Self.prepare(project)
            var random = SystemRandomNumberGenerator()
            var rows: [(key: String, fields: [(String, String)])] = []
            for number in 0..<30_000 {
                let isRepeated = number > 0 && number % 50 == 0
                let key = isRepeated ? rows.randomElement(using: &random)!.key : "key:\(number)"
                let count = number % 1_000 == 0 ? 130 : Int.random(in: 1...6, using: &random)
                rows.append((key, (0..<count).map { ("\($0)\(number % 3 == 0 ? "" : "name")", Self.word(&random)) }))
            }
            try project.write("h.jsonl", rows.map { Self.line($0.key, $0.fields) }.joined())
            try await project.nexenv("up")
            let run = try await project.nexenv("seed", "--json")
            #expect(run.json["sets"].elements.map { $0["inserted"].number } == [rows.count])

            let keys = Set(rows.map { $0.key }).sorted()
            let commands = rows.map { row -> [RedisArgument] in
                let fields = row.fields.flatMap { [RedisArgument($0.0), RedisArgument($0.1)] }
                return ["HSET", RedisArgument(row.key)] + fields
            }
            try await project.redis("redis.two") { _ = try await $0.pipeline(commands) }
            func contents(_ target: String) async throws -> [RedisReply] {
                try await project.redis(target) { connection in
                    let encodings = try await connection.pipeline(
                        keys.map { ["OBJECT", "ENCODING", RedisArgument($0)] }
                    )
                    // What is kept as a table has no order of its own.
                    let contents = try await connection.pipeline(
                        zip(keys, encodings).map { key, encoding in
                            encoding.text == "hashtable"
                                ? ["HGETALL", RedisArgument(key)] : ["DUMP", RedisArgument(key)]
                        }
                    )
                    return encodings
                        + contents.map { reply in
                            guard let words = reply.array else { return reply }
                            let pairs = stride(from: 0, to: words.count, by: 2).map {
                                "\(words[$0].text ?? "") \(words[$0 + 1].text ?? "")"
                            }
                            return .status(pairs.sorted().joined(separator: "\n"))
                        }
                }
            }
            let (found, wanted) = (try await contents("redis.one"), try await contents("redis.two"))
            #expect(wanted.contains { $0.text == "hashtable" } && wanted.contains { $0.text == "listpack" })
            let differences = found.indices.filter { found[$0] != wanted[$0] }
            #expect(differences.isEmpty, "\(differences.prefix(5).map { keys[$0 % keys.count] })")
        }
    }

    @Test("a row that the server refuses is named", .native)
    func refusals() async throws {
        try await ProjectFixture.with("seedhashrefused") { project in
            try Self.prepare(project)
            try await project.nexenv("up")
            // Number 25,001 is in a part of texts and hashes, number 60,001 in one that has nothing but hashes.
            let text = "{\"key\": \"text\", \"string\": \"t\"}\n"
            for (place, number) in [(24_000, 25_000), (24_000, 60_000)] {
                var lines = (0..<70_000).map { Self.line("key:\($0)", [("name", "value \($0)")]) }
                lines[place] = text
                lines[number] = Self.line("text", [("name", "value")])
                try project.write("h.jsonl", lines.joined())
                try await project.redis("redis.one") { _ = try await $0.send(["FLUSHALL"]) }
                let run = try await project.nexenv("seed", status: 65)
                #expect(run.error.contains("h.jsonl:\(number + 1):1: error: hashes: "), "\(run)")
                #expect(run.error.contains("wrong kind of value"), "\(run)")
            }
        }
    }
}
