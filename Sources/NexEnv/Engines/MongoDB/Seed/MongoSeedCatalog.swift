#if MongoDB
import MongoClient

/// What collections are like, and what was loaded into them: the collections `nexenv.seeds` and `nexenv.seed_rows`.
struct MongoSeedCatalog: Sendable {
    let database: String
    let connection: MongoConnection

    private static let ledger = "nexenv.seeds"
    private static let ownRows = "nexenv.seed_rows"

    func read(_ targets: [SeedTarget]) async throws -> [SeedTarget: SeedTargetState] {
        let loaded = try await entries()
        let process = try await process()
        var states: [SeedTarget: SeedTargetState] = [:]
        for target in targets {
            let name = target.path.joined(separator: ".")
            var state = SeedTargetState(key: ["_id"])
            state.uniqueKeys = [["_id"]] + (try await uniqueKeys(of: name))
            state.version = try await version(of: name, process)
            for entry in loaded where entry.target == target.written { state.loaded[entry.name] = entry.entry }
            states[target] = state
        }
        return states
    }

    private func uniqueKeys(of collection: String) async throws -> [[String]] {
        do {
            let reply = try await connection.run(["listIndexes": .string(collection)], in: database)
            return (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document)
                .filter { $0["unique"]?.bool == true && $0["partialFilterExpression"] == nil }
                .compactMap { $0["key"]?.document.map { Array($0.map(\.key)) } }
        } catch {
            guard error.codeName == "NamespaceNotFound" else { throw error }
            return []
        }
    }

    // MARK: - Versions

    /// A process of a server counts writes from its start.
    private func process() async throws -> String {
        let hello = try await connection.run(["hello": 1], in: "admin")
        let id = hello["topologyVersion"]?.document?["processId"]
        return id.map { "\($0)" } ?? ""
    }

    /// How many writes a collection has seen, and how many documents it has; nothing for one that isn't there.
    private func version(of collection: String, _ process: String) async throws -> String? {
        let stage: BSONDocument = ["$collStats": ["latencyStats": [:], "count": [:]]]
        let command: BSONDocument = ["aggregate": .string(collection), "pipeline": [.document(stage)], "cursor": [:]]
        do {
            let reply = try await connection.run(command, in: database)
            let stats = reply["cursor"]?.document?["firstBatch"]?.array?.first?.document
            let writes = stats?["latencyStats"]?.document?["writes"]?.document?["ops"]?.int
            guard let writes, let count = stats?["count"]?.int else { return nil }
            return "\(process)-\(writes)-\(count)"
        } catch {
            guard error.code == .server else { throw error }
            return nil
        }
    }

    // MARK: - The ledger

    private struct Entry {
        var name: String
        var target: String
        var entry: SeedLedgerEntry
    }

    private func entries() async throws -> [Entry] {
        var cursor = try await connection.find(Self.ledger, in: database)
        var entries: [Entry] = []
        while let batch = try await cursor.nextBatch() {
            for document in batch {
                guard let name = document["_id"]?.string, let target = document["target"]?.string,
                    let fingerprint = document["fingerprint"]?.string
                else { continue }
                let entry = SeedLedgerEntry(
                    fingerprint: fingerprint,
                    version: document["version"]?.string,
                    rows: document["rows"]?.int ?? 0
                )
                entries.append(Entry(name: name, target: target, entry: entry))
            }
        }
        return entries
    }

    /// Notes that a set is loaded.
    func note(_ load: SeedLoad, rows: Int) async throws {
        let version = try await version(of: load.set.target.path.joined(separator: "."), process())
        let entry: BSONDocument = [
            "target": .string(load.set.target.written), "fingerprint": .string(load.fingerprint),
            "version": version.map { .string($0) } ?? .null, "rows": .int64(Int64(rows)),
        ]
        let update: BSONDocument = [
            "q": ["_id": .string(load.name)], "u": ["$set": .document(entry), "$currentDate": ["loadedAt": true]],
            "upsert": true,
        ]
        try await connection.run(["update": .string(Self.ledger), "updates": [.document(update)]], in: database)
    }

    // MARK: - Rows of sets that remove what they no longer have

    /// Notes documents that a set has added, by their `_id`.
    func own(_ ids: [BSONValue], by set: String) async throws {
        for start in stride(from: 0, to: ids.count, by: 1_000) {
            let documents = ids[start..<min(start + 1_000, ids.count)].map { id -> BSONDocument in
                ["_id": ["set": .string(set), "id": id]]
            }
            do {
                try await connection.insert(documents, into: Self.ownRows, in: database, ordered: false)
            } catch {
                // Noted before, by a run that was killed.
                let isKnown = error.writeErrors.allSatisfy { $0.code == 11_000 } && !error.writeErrors.isEmpty
                guard isKnown else { throw error }
            }
        }
    }

    /// The documents that a set has added, by their `_id`.
    func owned(by set: String) async throws -> [BSONValue] {
        var cursor = try await connection.find(Self.ownRows, in: database, filter: ["_id.set": .string(set)])
        var ids: [BSONValue] = []
        while let batch = try await cursor.nextBatch() {
            ids += batch.compactMap { $0["_id"]?.document?["id"] }
        }
        return ids
    }

    /// Removes documents by their `_id`.
    func remove(_ ids: [BSONValue], from collection: String, ownedBy set: String?) async throws -> Int {
        var count = 0
        for start in stride(from: 0, to: ids.count, by: 1_000) {
            let some = Array(ids[start..<min(start + 1_000, ids.count)])
            let delete: BSONDocument = ["q": ["_id": ["$in": .array(some)]], "limit": 0]
            let reply = try await connection.run(
                ["delete": .string(collection), "deletes": [.document(delete)]],
                in: database
            )
            count += reply["n"]?.int ?? 0
            guard let set else { continue }
            let notes: BSONDocument = ["q": ["_id.set": .string(set), "_id.id": ["$in": .array(some)]], "limit": 0]
            try await connection.run(["delete": .string(Self.ownRows), "deletes": [.document(notes)]], in: database)
        }
        return count
    }
}
#endif
