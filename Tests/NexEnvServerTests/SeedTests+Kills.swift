import ClientTesting
import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

/// Sets that are loaded by a program that is killed.
extension SeedTests {
    @Test("killed at 50 moments, two of them at once", .native, arguments: [3] as [UInt64])
    func kills(_ seed: UInt64) async throws {
        try await ProjectFixture.with("seedkill") { project in
            var generator = SeededGenerator(seed: seed)
            try Self.shop(project, in: .native, seeds: ["base": Self.base, "many": Self.many])
            try await project.nexenv("up")
            project.keepAddresses()
            let undisturbed = try await project.nexenv("seed")
            let whole = try await Self.fingerprint(project)
            for round in 0..<50 {
                try await Self.empty(project)
                let moment = Double.random(in: 0...undisturbed.seconds, using: &generator)
                async let other = round % 5 == 0 ? project.nexenv("seed") : nil
                try await project.nexenv("seed", status: nil) { running in
                    try await Task.sleep(for: .seconds(moment))
                    running.send(SIGKILL)
                }
                _ = try await other
                let again = try await project.nexenv("seed")
                #expect(
                    try await Self.fingerprint(project) == whole,
                    "round \(round), killed after \(moment) s: \(again)"
                )
            }
        }
    }

    private static func empty(_ project: ProjectFixture) async throws {
        try await project.postgres("pg.shop") { _ = try await $0.execute("TRUNCATE plan CASCADE") }
        try await project.mongo("mongo.nexus") { connection in
            for name in ["profile", "fan"] {
                _ = try await connection.run(
                    ["delete": .string(name), "deletes": [["q": [:], "limit": 0]]],
                    in: "nexus"
                )
            }
        }
        for database in ["redis.cache", "redis.sessions"] {
            try await project.redis(database) { _ = try await $0.send(["FLUSHDB"]) }
        }
    }

    /// All rows of all databases, in a few characters.
    static func fingerprint(_ project: ProjectFixture) async throws -> [String] {
        let rows = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM"
        var parts: [String] = []
        for table in ["plan", "account"] { parts.append(try await project.value("\(rows) \(table) t", "pg.shop")) }
        parts.append(
            try await project.mongo("mongo.nexus") { connection in
                var all: [String] = []
                for name in ["profile", "fan"] {
                    var cursor = try await connection.find(name, in: "nexus", options: ["sort": ["_id": 1]])
                    while let batch = try await cursor.nextBatch() { all += batch.map { $0.extendedJSON(.canonical) } }
                }
                return all.joined(separator: "\n")
            }
        )
        for database in ["redis.cache", "redis.sessions"] {
            parts.append(
                try await project.redis(database) { connection in
                    let keys = try await connection.send(["KEYS", "*"]).array?.compactMap(\.text) ?? []
                    var all: [String] = []
                    for key in keys.sorted() where !key.hasPrefix("nexenv:") {
                        let kind = try await connection.send(["TYPE", RedisArgument(key)]).text ?? ""
                        let reading: [RedisArgument] =
                            kind == "hash"
                            ? ["HGETALL", RedisArgument(key)] : ["ZRANGE", RedisArgument(key), "0", "-1", "WITHSCORES"]
                        let words = try await connection.send(reading).array?.compactMap(\.text) ?? []
                        all.append("\(key) \(kind == "hash" ? words.sorted() : words)")
                    }
                    return all.joined(separator: "\n")
                }
            )
        }
        return parts
    }
}
