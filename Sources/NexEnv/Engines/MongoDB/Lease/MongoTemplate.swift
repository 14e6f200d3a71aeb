#if MongoDB
import Foundation
import MongoClient

/// What is known of a template database: its collections, with which its copies are compared.
struct MongoTemplate: Sendable, Codable {
    /// A collection, a view or a time series; its options and indexes as Extended JSON.
    struct Collection: Sendable, Codable, Hashable {
        var name: String
        var kind: String
        var options: String
        var indexes: [String]

        var isView: Bool { kind == "view" }
    }

    static let mark = "nexenv.template"

    var collections: [Collection]
    /// The digest of each collection's documents, by the collection's name.
    var digests: [String: String]

    private static func path(_ folder: String) -> String { folder + "/template.json" }

    static func isThere(_ folder: String) -> Bool { FileManager.default.fileExists(atPath: path(folder)) }

    static func read(_ folder: String) throws -> MongoTemplate {
        guard let data = FileManager.default.contents(atPath: path(folder)) else {
            throw NexEnvError.systemCall("read \(path(folder))", ENOENT)
        }
        return try JSONDecoder().decode(MongoTemplate.self, from: data)
    }

    func write(_ folder: String) throws {
        try PrivateFile.write(String(decoding: try JSONEncoder().encode(self), as: UTF8.self), to: Self.path(folder))
    }

    static func isWhole(_ database: String, _ connection: MongoConnection) async throws -> Bool {
        try await connection.run(["count": .string(mark)], in: database)["n"]?.int == 1
    }

    static func markWhole(_ database: String, _ connection: MongoConnection) async throws {
        try await connection.insert([["_id": "whole"]], into: mark, in: database)
    }

    /// Reads what a database consists of.
    static func read(_ database: String, _ connection: MongoConnection) async throws -> MongoTemplate {
        MongoTemplate(
            collections: try await collections(of: database, connection),
            digests: try await digests(of: database, connection)
        )
    }

    static func collections(of database: String, _ connection: MongoConnection) async throws -> [Collection] {
        let reply = try await connection.run(["listCollections": 1, "cursor": ["batchSize": 10_000]], in: database)
        var collections: [Collection] = []
        for entry in reply["cursor"]?.document?["firstBatch"]?.array ?? [] {
            guard let document = entry.document, let name = document["name"]?.string, !name.hasPrefix("system."),
                name != mark
            else { continue }
            var collection = Collection(
                name: name,
                kind: document["type"]?.string ?? "collection",
                options: (document["options"]?.document ?? [:]).extendedJSON(.canonical),
                indexes: []
            )
            if !collection.isView {
                let reply = try await connection.run(["listIndexes": .string(name)], in: database)
                let indexes = reply["cursor"]?.document?["firstBatch"]?.array ?? []
                collection.indexes = indexes.compactMap { $0.document?.extendedJSON(.canonical) }
            }
            collections.append(collection)
        }
        return collections.sorted { $0.name < $1.name }
    }

    /// The server's own digest of each collection's documents.
    static func digests(of database: String, _ connection: MongoConnection) async throws -> [String: String] {
        let reply = try await connection.run(["dbHash": 1], in: database)
        var digests: [String: String] = [:]
        for (name, value) in reply["collections"]?.document ?? [:] where name != mark {
            digests[name] = value.string ?? ""
        }
        return digests
    }
}
#endif
