#if MongoDB
import MongoClient

/// What has been applied to a database, kept in the database itself: one document for each migration in `nexenv.ledger`.
///
/// What is done, how far it is, and everything that ever happened to it are one document, so that they change in one step, also
/// where there are no transactions.
struct MongoLedger: Sendable {
    static let collection = "nexenv.ledger"

    let database: String
    let connection: MongoConnection

    /// Makes the collection: a transaction that writes to one that isn't there would have to make it.
    func prepare() async throws {
        do {
            try await connection.run(["create": .string(Self.collection)], in: database)
        } catch {
            guard error.codeName == "NamespaceExists" else { throw error }
        }
    }

    func read() async throws -> [LedgerEntry] {
        try await documents().flatMap { document in
            let kind = LedgerEntry.Kind(rawValue: document["kind"]?.string ?? "")
            return [(kind, document["up"]), (.rollback, document["down"])].compactMap { kind, part in
                part?.document.flatMap { LedgerEntry(kind, document["_id"]?.string ?? "", $0) }
            }
        }
    }

    func history() async throws -> [HistoryEntry] {
        let all = try await documents().flatMap { document in
            (document["events"]?.array ?? []).compactMap { event in
                event.document.map { HistoryEntry(document["_id"]?.string ?? "", $0) }
            }
        }
        return all.sorted { $0.time < $1.time }
    }

    private func documents() async throws -> [BSONDocument] {
        try await connection.find(Self.collection, in: database, options: ["sort": ["_id": 1]]).all()
    }

    // MARK: - Writing

    /// The command that notes how far one way of a migration is.
    static func note(_ entry: LedgerEntry, _ kind: LedgerEntry.Kind) -> BSONDocument {
        update(entry.name, ["$set": ["kind": .string(kind.rawValue), way(entry): .document(entry.document)]])
    }

    /// The command that notes that a way has been gone to its end.
    static func complete(_ entry: LedgerEntry, _ kind: LedgerEntry.Kind, _ event: HistoryEntry) -> BSONDocument {
        let events: BSONDocument = ["events": .document(event.document)]
        guard entry.kind == .rollback else {
            let set: BSONDocument = ["kind": .string(kind.rawValue), "up": .document(entry.document)]
            return update(entry.name, ["$set": .document(set), "$push": .document(events)])
        }
        return update(entry.name, ["$unset": ["up": "", "down": ""], "$push": .document(events)])
    }

    /// Writes a file's new name or digest.
    func restamp(_ entry: LedgerEntry, name: String, checksum: String) async throws {
        guard name != entry.name else {
            let change: BSONDocument = ["$set": ["up.checksum": .string(checksum)]]
            try await connection.run(Self.update(name, change), in: database)
            return
        }
        // An `_id` never changes: the document is written anew, and only then the old one goes.
        let old = try await connection.find(Self.collection, in: database, filter: ["_id": .string(entry.name)]).all()
        guard let document = old.first else { return }
        var copy = BSONDocument()
        for (key, value) in document where key != "_id" { try copy.append(value, forKey: key) }
        try await connection.run(Self.update(name, ["$set": .document(copy)]), in: database)
        try await connection.run(Self.update(name, ["$set": ["up.checksum": .string(checksum)]]), in: database)
        let delete: BSONDocument = ["q": ["_id": .string(entry.name)], "limit": 1]
        try await connection.run(["delete": .string(Self.collection), "deletes": [.document(delete)]], in: database)
    }

    private static func way(_ entry: LedgerEntry) -> String { entry.kind == .rollback ? "down" : "up" }

    private static func update(_ name: String, _ change: BSONDocument) -> BSONDocument {
        let update: BSONDocument = ["q": ["_id": .string(name)], "u": .document(change), "upsert": true]
        return ["update": .string(collection), "updates": [.document(update)]]
    }
}

extension LedgerEntry {
    fileprivate init(_ kind: Kind, _ name: String, _ document: BSONDocument) {
        self.init(kind, name, checksum: document["checksum"]?.string ?? "")
        tokens = document["tokens"]?.string
        statementsDone = document["done"]?.int ?? 0
        isInFlight = document["inFlight"]?.bool ?? false
        statement = document["statement"]?.string
        isComplete = document["complete"]?.bool ?? false
        if case .date(let milliseconds) = document["at"] { time = Double(milliseconds) / 1_000 }
    }

    fileprivate var document: BSONDocument {
        [
            "checksum": .string(checksum), "tokens": tokens.map { .string($0) } ?? .null,
            "done": .int64(Int64(statementsDone)), "inFlight": .bool(isInFlight),
            "statement": statement.map { .string($0) } ?? .null, "complete": .bool(isComplete), "at": .now,
        ]
    }
}

extension HistoryEntry {
    fileprivate init(_ name: String, _ document: BSONDocument) {
        self.init(
            name: name,
            direction: MigrationDirection(rawValue: document["direction"]?.string ?? "") ?? .up,
            checksum: document["checksum"]?.string ?? "",
            user: document["by"]?.string ?? "",
            time: 0,
            seconds: Double(document["durationMs"]?.int ?? 0) / 1_000
        )
        if case .date(let milliseconds) = document["at"] { time = Double(milliseconds) / 1_000 }
    }

    fileprivate var document: BSONDocument {
        [
            "direction": .string(direction.rawValue), "checksum": .string(checksum), "by": .string(user),
            "at": .now, "durationMs": .int64(Int64(seconds * 1_000)),
        ]
    }
}

extension BSONValue {
    /// This moment.
    static var now: BSONValue { .date(milliseconds: MigrationTime.milliseconds) }
}
#endif
