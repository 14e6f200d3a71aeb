import Foundation
import MongoClient
import RedisClient
import Testing

extension ShippedEnvironment {
    /// The collections and views of a database with what `listCollections` says of each, without the
    /// server's own and nexenv's.
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

    /// Every collection and view has documents; those of a collection are what its validator wants, and its
    /// indexes are sound.
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

    /// Expects MongoDB to refuse a command with a number, such as 121 for a document that isn't what the
    /// validator wants.
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

    /// Sends a command to a logical database of the service `redis`.
    func redis(_ name: String, _ words: String...) async throws -> RedisReply {
        try await project.redis("redis.\(name)") { try await $0.send(words.map { RedisArgument($0) }) }
    }

    /// Settings of the service `redis` are what its configuration says.
    func expectRedis(_ settings: [String: String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let name = try #require(services.first { $0.name == "redis" }?.databases.first)
        for (setting, value) in settings {
            let reply = try await redis(name, "CONFIG", "GET", setting)
            #expect(reply.array?.last?.text == value, "\(setting)", sourceLocation: sourceLocation)
        }
    }

    /// Every key pattern of a file has a key, and every key is one of its patterns.
    ///
    /// - Parameter path: A file of the environment with a table under `## DB 0, `name`…` for each database.
    func expectKeyPatterns(in path: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
        var patterns: [String: [String]] = [:]
        var database = ""
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("## DB ") { database = line.components(separatedBy: "`")[1] }
            if line.hasPrefix("| `") { patterns[database, default: []].append(line.components(separatedBy: "`")[1]) }
        }
        let databases = services.first { $0.name == "redis" }?.databases ?? []
        #expect(patterns.keys.sorted() == databases.sorted(), sourceLocation: sourceLocation)
        for (database, patterns) in patterns {
            let expressions = try patterns.map { pattern in
                let parts = pattern.components(separatedBy: CharacterSet(charactersIn: "{}"))
                // Every second part stood in braces.
                let text = parts.enumerated().map { $0.offset.isMultiple(of: 2) ? $0.element : "[^:]+" }.joined()
                return (pattern, try Regex("^\(text)$"))
            }
            let keys = try await keys("redis.\(database)")
            for (pattern, expression) in expressions {
                let isUsed = keys.contains { $0.firstMatch(of: expression) != nil }
                #expect(isUsed, "\(database): \(pattern)", sourceLocation: sourceLocation)
            }
            for key in keys {
                let isNamed = expressions.contains { key.firstMatch(of: $0.1) != nil }
                #expect(isNamed, "\(database): \(key)", sourceLocation: sourceLocation)
            }
        }
    }

    private static func database(of target: String) -> String {
        target.split(separator: ".").last.map(String.init) ?? target
    }
}
