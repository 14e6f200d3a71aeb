#if MongoDB
import MongoClient

/// Makes a collection's indexes what the file says; indexes that the file doesn't name are left alone.
struct MongoIndexReconciler {
    let collection: MongoCollection
    let database: String
    let connection: MongoConnection

    private var place: String { "\(database).\(collection.name)" }

    /// - Parameter isNew: Whether the collection was made just now and has none.
    func run(isNew: Bool) async throws -> [String] {
        guard !collection.indexes.isEmpty else { return [] }
        let existing = isNew ? [:] : try await read()
        var changes: [String] = []
        var missing: [MongoIndex] = []
        for index in collection.indexes {
            guard let old = existing[index.name] else {
                missing.append(index)
                continue
            }
            switch index.difference(from: old) {
            case .none: continue
            case .expiry(let seconds):
                let change: BSONDocument = ["name": .string(index.name), "expireAfterSeconds": .int64(seconds)]
                let command: BSONDocument = ["collMod": .string(collection.name), "index": .document(change)]
                try await connection.run(command, in: database)
                changes.append("expiry of index \(index.name) on \(place) changed")
            case .definition:
                let command: BSONDocument = ["dropIndexes": .string(collection.name), "index": .string(index.name)]
                try await connection.run(command, in: database)
                missing.append(index)
            }
        }
        guard !missing.isEmpty else { return changes }
        let specifications = try missing.map { BSONValue.document(try $0.specification) }
        let command: BSONDocument = ["createIndexes": .string(collection.name), "indexes": .array(specifications)]
        try await connection.run(command, in: database)
        return changes + missing.map { "index \($0.name) on \(place) created" }
    }

    private func read() async throws -> [String: BSONDocument] {
        let command: BSONDocument = ["listIndexes": .string(collection.name), "cursor": ["batchSize": 1_000]]
        let reply = try await connection.run(command, in: database)
        var byName: [String: BSONDocument] = [:]
        for entry in reply["cursor"]?.document?["firstBatch"]?.array ?? [] {
            guard let document = entry.document, let name = document["name"]?.string else { continue }
            byName[name] = document
        }
        return byName
    }
}

extension MongoIndex {
    /// What has to be done to an existing index of the same name.
    fileprivate enum Difference {
        case none
        /// Only the time to live differs, which can be changed in place.
        case expiry(Int64)
        /// It has to be made anew.
        case definition
    }

    fileprivate func difference(from old: BSONDocument) -> Difference {
        let isText = keys.contains { $0.value.string == "text" }
        let sameKeys =
            isText
            ? sameWeights(old["weights"]?.document ?? [:])
            : old["key"].map { $0.isEquivalent(to: .document(keys)) } ?? false
        let samePartial =
            switch (old["partialFilterExpression"], partialFilter) {
            case (nil, nil): true
            case (let one?, let two?): one.isEquivalent(to: .document(two))
            default: false
            }
        guard sameKeys, samePartial, (old["unique"]?.bool ?? false) == isUnique,
            (old["sparse"]?.bool ?? false) == isSparse
        else {
            return .definition
        }
        let oldExpiry = old["expireAfterSeconds"]?.int
        let newExpiry = expireAfter.map { Int($0.components.seconds) }
        if oldExpiry == newExpiry { return .none }
        if let newExpiry, oldExpiry != nil { return .expiry(Int64(newExpiry)) }
        return .definition
    }

    /// The server keeps a text index's fields as weights, 1 where none was given.
    private func sameWeights(_ old: BSONDocument) -> Bool {
        let fields = keys.filter { $0.value.string == "text" }.map(\.key)
        let wanted = Dictionary(fields.map { ($0, weights?[$0]?.int ?? 1) }) { first, _ in first }
        let present = Dictionary(old.keys.map { ($0, old[$0]?.int ?? 1) }) { first, _ in first }
        return wanted == present
    }
}
#endif
