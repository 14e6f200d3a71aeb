#if MongoDB
import MongoClient

extension MongoDB: ReplaceableEngine {
    package func replacement(for database: String?, on server: RunningServer) async throws -> any DatabaseReplacement {
        let login = longConfiguration(server)
        let scratch = try await MongoScratchDatabase(login, purpose: "nexenv reset")
        guard let database, let standIn = standIn(for: database, scratch.name) else {
            throw unknownDatabase(database, on: server)
        }
        return MongoReplacement(original: database, standIn: standIn, scratch: scratch, login: login)
    }

    /// Returns an engine that declares nothing but a database like another one.
    func standIn(for database: String, _ name: String) -> MongoDB? {
        guard var model = databases.first(where: { $0.name == database }) else { return nil }
        // The owner is a user of the database in use, as roles are its own, and they stay.
        model.value.owner = nil
        model.value.roles = []
        var standIn = self
        standIn.databases = [Named(name: name, position: model.position, value: model.value)]
        return standIn
    }
}

/// A database whose collections are moved into another one.
private struct MongoReplacement: DatabaseReplacement {
    let original: String
    let standIn: MongoDB
    let scratch: MongoScratchDatabase
    let login: MongoConfiguration

    var engine: any SeedableEngine { standIn }
    var name: String? { scratch.name }

    func takeOver() async throws {
        try await MongoConnection.withConnection(to: login) { connection in
            let move = try await MongoMove.begin(from: scratch.name, to: original, connection)
            try await move.finish(connection)
        }
        await scratch.drop()
    }

    func discard() async { await scratch.drop() }
}

/// The collections of one database on their way into another one, whose own ones go.
///
/// MongoDB can't rename a database, so this takes several steps. What is to be moved is noted first, in `nexenv.move` of the
/// database that it comes from: from then on a run that is killed is finished by the next `up`.
struct MongoMove: Sendable {
    private static let collection = "nexenv.move"

    private let source: String
    private let target: String
    /// All that the target shall have: what was moved already isn't in the source any more.
    private let names: [String]

    /// Notes what is to be moved.
    static func begin(from source: String, to target: String, _ connection: MongoConnection) async throws -> MongoMove {
        let names = try await collections(of: source, connection).map(\.name)
        let note: BSONDocument = [
            "_id": "move", "target": .string(target), "names": .array(names.map { .string($0) }),
        ]
        let command: BSONDocument = [
            "insert": .string(collection), "documents": [.document(note)],
            "writeConcern": ["w": "majority", "j": true],
        ]
        try await connection.run(command, in: source)
        return MongoMove(source: source, target: target, names: names)
    }

    /// Reads what is to be moved; nothing where that was never noted.
    static func read(from source: String, _ connection: MongoConnection) async throws -> MongoMove? {
        let reply = try await connection.run(["find": .string(collection), "limit": 1], in: source)
        guard let note = reply["cursor"]?.document?["firstBatch"]?.array?.first?.document,
            let target = note["target"]?.string, let names = note["names"]?.array
        else { return nil }
        return MongoMove(source: source, target: target, names: names.compactMap(\.string))
    }

    /// Moves what isn't moved yet.
    func finish(_ connection: MongoConnection) async throws {
        let new = try await Self.collections(of: source, connection).filter { names.contains($0.name) }
        let old = try await Self.collections(of: target, connection)
        // The place of something of another kind has to be free; a view goes before what it looks at.
        let leaving = old.filter { entry in
            guard names.contains(entry.name) else { return true }
            guard let other = new.first(where: { $0.name == entry.name }) else { return false }
            return entry.kind != "collection" || other.kind != "collection"
        }
        for entry in leaving.filter(\.isView) + leaving.filter({ !$0.isView }) {
            try await connection.run(["drop": .string(entry.name)], in: target)
        }
        for entry in new.filter({ !$0.isView }) + new.filter(\.isView) {
            if entry.kind == "collection" {
                let command: BSONDocument = [
                    "renameCollection": .string("\(source).\(entry.name)"), "to": .string("\(target).\(entry.name)"),
                    "dropTarget": true,
                ]
                try await connection.run(command, in: "admin")
            } else {
                try await copy(entry, connection)
            }
        }
    }

    /// Makes a view or a time series again: neither can be renamed.
    private func copy(_ entry: Entry, _ connection: MongoConnection) async throws {
        var create: BSONDocument = ["create": .string(entry.name)]
        for (key, value) in entry.options { try create.append(value, forKey: key) }
        try await connection.run(create, in: target)
        if !entry.isView {
            var cursor = try await connection.find(entry.name, in: source)
            while let batch = try await cursor.nextBatch() {
                try await connection.insert(batch, into: entry.name, in: target)
            }
            try await copyIndexes(of: entry, connection)
        }
        try await connection.run(["drop": .string(entry.name)], in: source)
    }

    private func copyIndexes(of entry: Entry, _ connection: MongoConnection) async throws {
        let reply = try await connection.run(["listIndexes": .string(entry.name)], in: source)
        let indexes = reply["cursor"]?.document?["firstBatch"]?.array ?? []
        guard !indexes.isEmpty else { return }
        try await connection.run(["createIndexes": .string(entry.name), "indexes": .array(indexes)], in: target)
    }

    // MARK: - What a database has

    private struct Entry {
        var name: String
        /// `collection`, `view` or `timeseries`.
        var kind: String
        var options: BSONDocument

        var isView: Bool { kind == "view" }
    }

    private static func collections(of database: String, _ connection: MongoConnection) async throws -> [Entry] {
        let reply = try await connection.run(["listCollections": 1, "cursor": ["batchSize": 10_000]], in: database)
        return (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap { entry -> Entry? in
            guard let document = entry.document, let name = document["name"]?.string,
                // Views and time series are kept in these, by the server; locks are no content.
                !name.hasPrefix("system."), name != collection, name != MongoTurn.collection
            else { return nil }
            let kind = document["type"]?.string ?? "collection"
            return Entry(name: name, kind: kind, options: document["options"]?.document ?? [:])
        }
    }
}
#endif
