import Foundation
import MongoClient
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

    /// Each collection is ready for the shard key that its file names: an index is on it, and what is unique begins with it.
    static func expectShardKeys(_ nexus: ShippedEnvironment) async throws {
        for collection in documentCollections {
            let file = collection.replacing("_", with: "-") + ".yaml"
            let path = "\(nexus.folder)/database/mongodb/schemas/\(file)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let words = try #require(text.components(separatedBy: "# Shard key: { ").dropFirst().first, "\(file)")
            let shardKey = words.components(separatedBy: " }")[0]
            let indexes = try await nexus.indexes(of: collection, documents)
            let keys = indexes.mapValues { index in
                (index["key"]?.document?.map { "\($0.key): \($0.value.int ?? 0)" } ?? []).joined(separator: ", ")
            }
            #expect(keys.values.contains(shardKey), "\(collection): \(shardKey) is none of \(keys.values.sorted())")
            for (name, index) in indexes where index["unique"]?.bool == true {
                #expect(keys[name]?.hasPrefix(shardKey) == true, "\(collection): \(name)")
            }
        }
    }

    /// What happens in a visit happens in the order of its events, and with content of the organization that is visited.
    static func expectEventsInOrder(_ nexus: ShippedEnvironment) async throws {
        let events = try await nexus.project.mongo(documents) { connection in
            let sort: BSONDocument = ["session.id": 1, "session.sequence": 1]
            let command: BSONDocument = ["find": "analytics_events", "sort": .document(sort), "batchSize": 10_000]
            let reply = try await connection.run(command, in: "nexus")
            return (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document)
        }
        #expect(events.count == 740)
        for (before, after) in zip(events, events.dropFirst())
        where before["session"]?.document?["id"] == after["session"]?.document?["id"] {
            let times = [before, after].map { milliseconds($0["occurred_at"]) }
            #expect((times[0] ?? .max) < (times[1] ?? .min), "\(after)")
        }
        let elsewhere = try await nexus.project.mongo(documents) { connection in
            let content: BSONDocument = [
                "from": "content_metadata", "localField": "content_id", "foreignField": "_id", "as": "content",
            ]
            let isAnother: BSONDocument = [
                "$expr": ["$ne": [["$first": "$content.organization_id"], "$organization_id"]]
            ]
            let pipeline: [BSONValue] = [
                ["$match": ["content_id": ["$exists": true]]], ["$lookup": .document(content)],
                ["$match": .document(isAnother)],
            ]
            let command: BSONDocument = ["aggregate": "analytics_events", "pipeline": .array(pipeline), "cursor": [:]]
            let reply = try await connection.run(command, in: "nexus")
            return reply["cursor"]?.document?["firstBatch"]?.array?.count
        }
        #expect(elsewhere == 0)
    }

    private static func milliseconds(_ value: BSONValue?) -> Int64? {
        if case .date(let milliseconds)? = value { milliseconds } else { nil }
    }

    /// What takes longer than a tenth of a second is kept in `system.profile`.
    static func expectProfiled(_ nexus: ShippedEnvironment) async throws {
        let reply = try await nexus.project.mongo(documents) { try await $0.run(["profile": -1], in: "nexus") }
        #expect(reply["was"]?.int == 1 && reply["slowms"]?.int == 100, "\(reply)")
    }
}
