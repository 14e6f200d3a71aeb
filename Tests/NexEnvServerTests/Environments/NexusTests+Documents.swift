import Foundation
import MongoClient
import RedisClient
import Testing

extension NexusTests {
    static let documentCollections = ["content_metadata", "analytics_events", "audit_logs"]

    private static let documents = "mongo.nexus"

    static func expectDocumentsRefused(_ nexus: ShippedEnvironment) async throws {
        let refused: [(collection: String, change: BSONDocument)] = [
            ("content_metadata", ["brand_safety.level": "perfect"]), ("content_metadata", ["brand_safety.score": 101]),
            ("content_metadata", ["media.checksum": "none"]), ("content_metadata", ["unknown": 1]),
            ("content_metadata", ["creator_id": "a name"]), ("analytics_events", ["category": "weather"]),
            ("analytics_events", ["name": "Page View"]), ("analytics_events", ["value": -1]),
            ("analytics_events", ["expires_at": "later"]), ("audit_logs", ["severity": "dreadful"]),
            ("audit_logs", ["category": "gossip"]), ("audit_logs", ["action": "login"]),
        ]
        for (collection, change) in refused {
            let update: BSONValue = ["q": [:], "u": ["$set": .document(change)]]
            try await nexus.expectRefused(121, ["update": .string(collection), "updates": [update]], documents)
        }
        for collection in documentCollections {
            try await nexus.expectRefused(
                121,
                ["insert": .string(collection), "documents": [["name": "x"]]],
                documents
            )
        }
        // An event has its place in its session to itself.
        let twice = try await nexus.project.mongo(documents) { connection in
            let found = try await connection.run(["find": "analytics_events", "limit": 1], in: "nexus")
            let event = try #require(found["cursor"]?.document?["firstBatch"]?.array?.first?.document)
            var copy: BSONDocument = ["_id": .binary([UInt8](repeating: 7, count: 16), subtype: 4)]
            for (key, value) in event where key != "_id" { try copy.append(value, forKey: key) }
            return copy
        }
        let insert: BSONDocument = ["insert": "analytics_events", "documents": [.document(twice)]]
        try await nexus.expectRefused(11000, insert, documents)
    }

    /// Whoever has the role of the application adds to the audit log, and changes nothing in it.
    static func expectAuditLogKept(_ nexus: ShippedEnvironment) async throws {
        try await nexus.project.mongo(documents) { connection in
            let user: BSONDocument = ["createUser": "worker", "pwd": "secret", "roles": ["nexus_app"]]
            try await connection.run(user, in: "nexus")
        }
        let port = try await nexus.project.port("mongo")
        let worker = "mongodb://worker:secret@127.0.0.1:\(port)/nexus?authSource=nexus&directConnection=true"
        let refused: [BSONDocument] = [
            ["update": "audit_logs", "updates": [["q": [:], "u": ["$set": ["outcome": "success"]]]]],
            ["delete": "audit_logs", "deletes": [["q": [:], "limit": 1]]], ["drop": "audit_logs"],
            ["collMod": "audit_logs", "validationLevel": "off"],
            ["update": "analytics_events", "updates": [["q": [:], "u": ["$set": ["value": 1]]]]],
        ]
        for command in refused { try await nexus.expectRefused(13, command, documents, as: worker) }
        let added = try await MongoConnection.withConnection(to: MongoConfiguration(url: worker)) { connection in
            let found = try await connection.run(["find": "audit_logs", "limit": 1], in: "nexus")
            let entry = try #require(found["cursor"]?.document?["firstBatch"]?.array?.first?.document)
            var copy: BSONDocument = ["_id": .binary([UInt8](repeating: 7, count: 16), subtype: 4)]
            for (key, value) in entry where key != "_id" { try copy.append(value, forKey: key) }
            return try await connection.insert([copy], into: "audit_logs", in: "nexus")
        }
        #expect(added == 1)
    }

    static func expectDocumentIndexes(_ nexus: ShippedEnvironment) async throws {
        for (collection, field) in [
            ("content_metadata", "purge_at"), ("analytics_events", "expires_at"), ("audit_logs", "retain_until"),
        ] {
            let indexes = try await nexus.indexes(of: collection, documents)
            #expect(indexes["\(field)_1"]?["expireAfterSeconds"]?.int == 0, "\(collection)")
            let compound = indexes.values.filter { ($0["key"]?.document?.keys.count ?? 0) > 1 }
            #expect(compound.count >= 3, "\(collection)")
        }
        for collection in ["content_metadata", "audit_logs"] {
            let indexes = try await nexus.indexes(of: collection, documents)
            #expect(indexes["search"]?["weights"] != nil, "\(collection)")
        }
        let found = try await nexus.project.mongo(documents) { connection in
            let query: BSONDocument = ["$text": ["$search": "blocked"]]
            return try await connection.run(["count": "audit_logs", "query": .document(query)], in: "nexus")
        }
        #expect(found["n"]?.int == 40)
        let steps = try await nexus.project.mongo(documents) { connection in
            let reply = try await connection.run(["find": "funnel_steps"], in: "nexus")
            return (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap { $0.document?["visitors"]?.int }
        }
        #expect(steps == [400, 200, 40])
    }

    /// The patterns of database/redis/README.md, by database.
    private static func patterns() throws -> [String: [String]] {
        let root = #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")
        let text = try String(contentsOfFile: root + "/environments/nexus/database/redis/README.md", encoding: .utf8)
        var patterns: [String: [String]] = [:]
        var database = ""
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("## DB ") { database = line.components(separatedBy: "`")[1] }
            if line.hasPrefix("| `") { patterns[database, default: []].append(line.components(separatedBy: "`")[1]) }
        }
        return patterns
    }

    static func expectKeyPatterns(_ nexus: ShippedEnvironment) async throws {
        let patterns = try patterns()
        #expect(
            patterns.keys.sorted() == [
                "analytics_cache", "app_cache", "auth", "queues", "rate_limits", "realtime",
            ]
        )
        for (database, patterns) in patterns {
            let expressions = try patterns.map { pattern in
                let parts = pattern.components(separatedBy: CharacterSet(charactersIn: "{}"))
                // Every second part stood in braces.
                let text = parts.enumerated().map { $0.offset.isMultiple(of: 2) ? $0.element : "[^:]+" }.joined()
                return (pattern, try Regex("^\(text)$"))
            }
            let keys = try await nexus.keys("redis.\(database)")
            for (pattern, expression) in expressions {
                #expect(keys.contains { $0.firstMatch(of: expression) != nil }, "\(database): \(pattern)")
            }
            for key in keys {
                #expect(expressions.contains { key.firstMatch(of: $0.1) != nil }, "\(database): \(key)")
            }
        }
        let wanted = [
            "maxmemory": "2147483648", "maxmemory-policy": "volatile-lru", "databases": "16",
            "enable-debug-command": "no", "enable-protected-configs": "no",
        ]
        for (name, value) in wanted {
            let reply = try await nexus.project.redis("redis.auth") { connection in
                try await connection.send(["CONFIG", "GET", RedisArgument(name)]).array?.last?.text
            }
            #expect(reply == value, "\(name)")
        }
        await #expect(throws: RedisError.self) {
            try await nexus.project.redis("redis.auth") { try await $0.send(["CONFIG", "SET", "dir", "/tmp"]) }
        }
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
