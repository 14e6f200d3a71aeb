import Foundation
import MongoClient
import RedisClient
import Testing

extension CorpAstroTests {
    /// PostgreSQL and Redis know users of MongoDB, and nobody else; the same holds for content.
    static func expectUsersKnownEverywhere(_ astro: ShippedEnvironment) async throws {
        let users = try await identities(of: "users", astro)
        let rows = try await astro.strings(
            """
            SELECT user_id_1::text FROM user_relationships UNION SELECT user_id_2::text FROM user_relationships
            UNION SELECT user_id::text FROM subscription_transactions UNION SELECT user_id::text FROM user_preferences
            """,
            relations
        )
        #expect(rows.count == 240 && users.isSuperset(of: rows))
        let all = try await astro.keys(keys)
        func suffixes(_ prefix: String) -> [String] {
            all.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        }
        #expect(users.isSuperset(of: suffixes("CACHE:USER:")))
        #expect(try await identities(of: "content", astro).isSuperset(of: suffixes("CACHE:CONTENT:")))
        let authors = try await distinct("author", of: "content", astro).compactMap(text)
        #expect(authors.count > 5 && users.isSuperset(of: authors))
        let sessions = try await astro.project.redis(keys) { connection in
            var users: Set<String> = []
            for key in all where key.hasPrefix("SESSION:") {
                users.insert(try await connection.send(["HGET", RedisArgument(key), "userId"]).text ?? "")
            }
            return users
        }
        #expect(sessions.count > 50 && users.isSuperset(of: sessions))
    }

    /// A row or a document about somebody is not older than they are; PostgreSQL and MongoDB agree on languages.
    static func expectNothingBeforeItsUser(_ astro: ShippedEnvironment) async throws {
        let users = try await find("users", astro)
        var made: [String: Int64] = [:]
        var languages: [String: String] = [:]
        for user in users {
            let id = try #require(user["_id"].flatMap(text))
            made[id] = milliseconds(user["createdAt"])
            languages[id] = user["preferences"]?.document?["language"]?.string
        }
        for page in try await find("content", astro) {
            let author = try #require(page["author"].flatMap(text))
            let at = try #require(milliseconds(page["createdAt"]))
            let since = try #require(made[author])
            #expect(at >= since, "\(page["slug"]?.string ?? "")")
        }
        let first = """
            SELECT user_id || ' ' || (extract(epoch FROM min(at)) * 1000)::bigint FROM (
                SELECT user_id_1 AS user_id, created_at AS at FROM user_relationships
                UNION ALL SELECT user_id_2, created_at FROM user_relationships
                UNION ALL SELECT user_id, created_at FROM subscription_transactions
                UNION ALL SELECT user_id, created_at AT TIME ZONE 'UTC' FROM user_preferences
            ) AS t GROUP BY user_id
            """
        for row in try await astro.strings(first, relations) {
            let parts = row.split(separator: " ").map(String.init)
            let at = try #require(Int64(parts[1]))
            let since = try #require(made[parts[0]])
            #expect(at >= since, "\(row)")
        }
        let chosen = """
            SELECT user_id || ' ' || (preference_value #>> '{}') FROM user_preferences WHERE preference_key = 'language'
            """
        for row in try await astro.strings(chosen, relations) {
            let parts = row.split(separator: " ").map(String.init)
            #expect(languages[parts[0]] == parts[1], "\(row)")
        }
    }

    private static func find(_ collection: String, _ astro: ShippedEnvironment) async throws -> [BSONDocument] {
        try await astro.project.mongo(documents) { connection in
            let command: BSONDocument = ["find": .string(collection), "batchSize": 1000]
            let reply = try await connection.run(command, in: "corp_astro")
            return (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document)
        }
    }

    private static func milliseconds(_ value: BSONValue?) -> Int64? {
        guard case .date(let milliseconds) = value else { return nil }
        return milliseconds
    }
}
