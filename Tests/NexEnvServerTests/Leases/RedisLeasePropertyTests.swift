import ClientTesting
import NexEnv
import RedisClient
import Testing

extension LeasePropertyTests {
    /// What tests do to databases, a command each; `#` is a random number.
    private static let redisCommands = [
        "SET key:# #", "SET session:1 other", "INCR counter", "APPEND session:2 more", "HSET profile:1 name x# age #",
        "HDEL profile:1 name", "DEL session:3", "UNLINK profile:2", "LPUSH queue #", "RPOP queue", "SADD tags a #",
        "SREM tags b", "ZADD scores # x", "ZREM scores one", "XADD events * n #", "XTRIM events MAXLEN 1",
        "EXPIRE session:4 100", "PEXPIRE session:5 1", "PERSIST token", "RENAME session:6 session:x#",
        "COPY session:7 copy:#", "GETDEL session:8", "SETBIT bits # 1", "PFADD visitors #", "FLUSHDB", "MULTI", "EXEC",
        "EVAL return(redis.call('SET','s','1')) 0",
    ]

    @Test("Redis: after random commands a copy is what it was", .native, arguments: [1, 2] as [UInt64])
    func redis(_ seed: UInt64) async throws {
        try await ProjectFixture.with("lease-redis") { project in
            try project.environment(
                """
                defaults: { durability: none }
                services: { redis: { engine: redis, settings: { databases: 64 }, databases: { sessions: 1, other: 2 } } }
                seeds: [seeds.yaml]
                """,
                in: .native
            )
            try project.write(
                "seeds.yaml",
                """
                sets:
                  keys:
                    into: redis.sessions
                    rows:
                      - { key: "user:1", string: "a" }
                      - { key: "user:2", string: "b", ttl: 86400 }
                      - { key: "token", string: "c", ttl: 86400 }
                      - { key: "profile:1", hash: { name: Ana, age: "30" } }
                      - { key: "queue", list: [a, b, c] }
                      - { key: "tags", set: [a, b] }
                      - { key: "scores", zset: { one: 1, two: 2 } }
                  more:
                    into: redis.sessions
                    generate: { count: 40, let: { n: !gen sequence }, fields: { key: !gen { template: "session:${n}" }, string: !gen word } }
                """
            )
            try await project.nexenv("up", "--seed")
            let changes = RandomChanges(project, seed: seed, statements: 300)
            try await changes.check(LeaseRequest(engine: "redis", database: "sessions", seeds: .all)) { leased in
                try await Self.dump(leased.address.url)
            } change: { leased, generator in
                var done: [String] = []
                for _ in 0..<RandomChanges.count(&generator) {
                    let number = Int.random(in: 0..<1_000, using: &generator)
                    done.append(
                        (Self.redisCommands.randomElement(using: &generator) ?? "").replacing("#", with: "\(number)")
                    )
                }
                let commands = done
                try await RedisConnection.withConnection(to: RedisConfiguration(url: leased.address.url)) {
                    connection in
                    for command in commands {
                        _ = try? await connection.send(command.split(separator: " ").map { RedisArgument(String($0)) })
                    }
                }
                return done
            }
            // Beside the copies nothing has changed.
            #expect(try await project.redis("redis.sessions") { try await $0.send(["GET", "session:1"]).text } != nil)
        }
    }

    /// All keys with their types, contents and times to live.
    private static func dump(_ url: String) async throws -> [String] {
        try await RedisConnection.withConnection(to: RedisConfiguration(url: url)) { connection in
            var lines: [String] = []
            for name in try await connection.send(["KEYS", "*"]).array ?? [] {
                let key = RedisArgument(name.text ?? "")
                let content = try await connection.send(["DUMP", key])
                let time = try await connection.send(["PEXPIRETIME", key])
                lines.append("\(name.text ?? "") \(content) \(time)")
            }
            return lines.sorted()
        }
    }
}
