import Foundation
import RedisClient
import Testing

extension NexusTests {
    static func expectRedisSettings(_ nexus: ShippedEnvironment) async throws {
        try await nexus.expectRedis([
            "maxmemory": "2147483648", "maxmemory-policy": "volatile-lru", "databases": "16",
            "slowlog-log-slower-than": "10000",
            "enable-debug-command": "no", "enable-protected-configs": "no", "enable-module-command": "no",
        ])
        await #expect(throws: RedisError.self) {
            try await nexus.project.redis("redis.auth") { try await $0.send(["CONFIG", "SET", "dir", "/tmp"]) }
        }
    }

    /// What Redis keeps of rows is what the rows say.
    static func expectKeysOfRows(_ nexus: ShippedEnvironment) async throws {
        for key in try await nexus.keys("redis.realtime") where key.hasPrefix("unread:") {
            let user = String(key.dropFirst("unread:".count))
            let unread = "SELECT count(*) FROM notifications WHERE user_id = '\(user)' AND read_at IS NULL"
            let count = try await nexus.project.value(unread, database)
            #expect(try await nexus.redis("realtime", "GET", key).text == count, "\(key)")
        }
        let online = try await nexus.redis("realtime", "ZRANGE", "online", "0", "-1").array?.compactMap(\.text) ?? []
        let handles = try await nexus.strings("SELECT handle FROM creators", database)
        #expect(online.count == 2 && Set(online).isSubset(of: handles))
        for (key, figures) in try await keys(of: "campaign:", in: "analytics_cache", nexus) {
            let campaign = key.components(separatedBy: ":")[1]
            let newest = """
                SELECT string_agg(trunc(value)::text, ' ' ORDER BY metric DESC) FROM metric_snapshots AS m
                 WHERE campaign_id = '\(campaign)' AND metric IN ('reach', 'engagements') AND captured_on = (
                    SELECT max(captured_on) FROM metric_snapshots WHERE campaign_id = m.campaign_id
                 )
                """
            let found = [figures["engagements"] ?? "", figures["reach"] ?? ""].joined(separator: " ")
            #expect(try await nexus.project.value(newest, database) == found)
        }
        let board = "leaderboard:creators:followers"
        let leaders = try await nexus.redis("analytics_cache", "ZREVRANGE", board, "0", "-1").array?.compactMap(\.text)
        let first = "SELECT handle FROM creators ORDER BY follower_count DESC LIMIT 3"
        #expect(try await nexus.strings(first, database) == leaders)
        for (key, plan) in try await keys(of: "plan:", in: "app_cache", nexus) {
            let code = key.components(separatedBy: ":")[1]
            let prices = "SELECT monthly_price || ' ' || yearly_price FROM plans WHERE code = '\(code)'"
            let found = [plan["monthly_price"] ?? "", plan["yearly_price"] ?? ""].joined(separator: " ")
            #expect(try await nexus.project.value(prices, database) == found)
        }
        // Sessions that a user has are there; tokens are found by their hash.
        for key in try await nexus.keys("redis.auth") {
            let name = key.components(separatedBy: ":")[1]
            switch key.prefix(while: { $0 != ":" }) {
            case "user_sessions":
                for session in try await nexus.redis("auth", "SMEMBERS", key).array?.compactMap(\.text) ?? [] {
                    #expect(try await nexus.redis("auth", "EXISTS", "session:\(session)").int == 1, "\(key)")
                }
            case "refresh":
                let session = "SELECT session_id FROM refresh_tokens WHERE token_hash = '\\x\(name)'"
                let id = try await nexus.project.value(session, database)
                #expect(try await nexus.redis("auth", "GET", key).text == id, "\(key)")
            case "verification":
                let code = "SELECT encode(code_hash, 'hex') FROM verification_codes WHERE user_id = '\(name)'"
                let copy = try await nexus.redis("auth", "HGET", key, "code_hash").text
                #expect(try await nexus.strings(code, database).contains { $0 == copy })
            default: break
            }
        }
        // What waits in a queue is a job of its kind.
        let kinds = ["email": "send", "webhooks": "deliver", "reports": "render", "media": "transcode"]
        for key in try await nexus.keys("redis.queues") where key.hasPrefix("queue:") {
            let parts = key.components(separatedBy: ":")
            let reading = ["waiting", "active"].contains(parts[2]) ? "LRANGE" : "ZRANGE"
            for job in try await nexus.redis("queues", reading, key, "0", "-1").array?.compactMap(\.text) ?? [] {
                #expect(try await nexus.redis("queues", "HGET", "job:\(job)", "kind").text == kinds[parts[1]], "\(key)")
            }
        }
    }

    /// The hashes whose keys begin with a text.
    private static func keys(
        of prefix: String,
        in name: String,
        _ nexus: ShippedEnvironment
    ) async throws -> [String: [String: String]] {
        var found: [String: [String: String]] = [:]
        for key in try await nexus.keys("redis.\(name)") where key.hasPrefix(prefix) {
            let words = try await nexus.redis(name, "HGETALL", key).array?.compactMap(\.text) ?? []
            let pairs = stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
            found[key] = Dictionary(pairs) { first, _ in first }
        }
        #expect(!found.isEmpty, "\(name): \(prefix)")
        return found
    }

    static func expectRateLimit(_ nexus: ShippedEnvironment) async throws {
        let path = "/environments/nexus/database/redis/scripts/rate-limit.lua"
        let script = try String(contentsOfFile: nexus.project.folder + path, encoding: .utf8)
        let replies = try await nexus.project.redis("redis.rate_limits") { connection in
            var replies: [[Int]] = []
            for time in [1_000, 2_000, 3_000, 62_000] {
                let command: [RedisArgument] = [
                    "EVAL", RedisArgument(script), "1", "rate:api:test", "2", "60000", RedisArgument(time),
                    RedisArgument("request-\(time)"),
                ]
                replies.append(try await connection.send(command).array?.compactMap(\.int) ?? [])
            }
            return replies
        }
        // Two in a minute; the third one waits until the first one is a minute old.
        #expect(replies == [[1, 1], [1, 0], [0, 58_000], [1, 1]])
    }
}
