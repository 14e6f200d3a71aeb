import MongoClient
import RedisClient
import Testing

extension ShippedEnvironment {
    /// The collections and views of a database with what `listCollections` says of each, without the server's own and nexenv's.
    func collections(_ target: String) async throws -> [String: BSONDocument] {
        let database = Self.database(of: target)
        return try await project.mongo(target) { connection in
            let reply = try await connection.run(["listCollections": 1], in: database)
            let listed = (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document)
            let named = listed.map { ($0["name"]?.string ?? "", $0) }
            return Dictionary(
                uniqueKeysWithValues: named.filter { name, _ in
                    !name.hasPrefix("system.") && !name.hasPrefix("nexenv.")
                }
            )
        }
    }

    /// The indexes of a collection, by name.
    func indexes(of collection: String, _ target: String) async throws -> [String: BSONDocument] {
        let database = Self.database(of: target)
        return try await project.mongo(target) { connection in
            let reply = try await connection.run(["listIndexes": .string(collection)], in: database)
            let listed = (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document)
            return Dictionary(uniqueKeysWithValues: listed.map { ($0["name"]?.string ?? "", $0) })
        }
    }

    /// Every collection and view has documents; those of a collection are what its validator wants, and its indexes are sound.
    func expectCollectionsFilledAndValid(
        _ target: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let collections = try await collections(target)
        let database = Self.database(of: target)
        #expect(!collections.isEmpty, "\(target)", sourceLocation: sourceLocation)
        for (name, description) in collections {
            let rows = try await project.mongo(target) {
                try await $0.run(["count": .string(name)], in: database)["n"]?.int
            }
            #expect((rows ?? 0) > 0, "\(target) \(name) is empty", sourceLocation: sourceLocation)
            guard description["type"]?.string == "collection" else { continue }
            let checked = try await project.mongo(target) { connection in
                try await connection.run(["validate": .string(name), "full": true], in: database)
            }
            #expect(checked["valid"]?.bool == true, "\(target) \(name): \(checked)", sourceLocation: sourceLocation)
            guard let validator = description["options"]?.document?["validator"]?.document else { continue }
            let invalid = try await project.mongo(target) { connection in
                let query: BSONDocument = ["$nor": [.document(validator)]]
                return try await connection.run(["count": .string(name), "query": .document(query)], in: database)
            }
            #expect(invalid["n"]?.int == 0, "\(target) \(name)", sourceLocation: sourceLocation)
        }
    }

    /// Expects MongoDB to refuse a command with a number, such as 121 for a document that isn't what the validator wants.
    func expectRefused(
        _ code: Int,
        _ command: BSONDocument,
        _ target: String,
        as url: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let address = if let url { url } else { try await project.url(target) }
        let database = Self.database(of: target)
        try await MongoConnection.withConnection(to: MongoConfiguration(url: address)) { connection in
            do {
                let reply = try await connection.run(command, in: database)
                // A write that a validator refuses is a reply with its reasons, not an error.
                let refusal = reply["writeErrors"]?.array?.first?.document?["code"]?.int
                #expect(refusal == code, "\(target) accepted: \(command)", sourceLocation: sourceLocation)
            } catch let error as MongoError {
                #expect(error.serverCode == code, "\(error.message)", sourceLocation: sourceLocation)
            }
        }
    }

    /// The keys of a logical database of Redis without nexenv's own, sorted.
    func keys(_ target: String) async throws -> [String] {
        try await project.redis(target) { connection in
            let names = try await connection.send(["KEYS", "*"]).array?.compactMap(\.text) ?? []
            return names.filter { !$0.hasPrefix("nexenv:") }.sorted()
        }
    }

    func expectKeys(_ target: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let keys = try await keys(target)
        #expect(!keys.isEmpty, "\(target) is empty", sourceLocation: sourceLocation)
    }

    private static func database(of target: String) -> String {
        target.split(separator: ".").last.map(String.init) ?? target
    }
}
