#if MongoDB
import MongoClient

/// One set on its way into its collection.
struct MongoSeedCollection: SeedFilling {
    private let load: SeedLoad
    private let options: SeedOptions
    private let catalog: MongoSeedCatalog
    private let name: String
    private let start = ContinuousClock.now

    private(set) var outcome: SeedOutcome
    private var rowCount = 0

    /// The documents that this run has added, by their `_id`, for sets that remove what they no longer have.
    private var added: [BSONValue] = []

    private static let batchSize = 2_000

    init(_ load: SeedLoad, _ options: SeedOptions, _ catalog: MongoSeedCatalog) {
        self.load = load
        self.options = options
        self.catalog = catalog
        name = load.set.target.path.joined(separator: ".")
        outcome = SeedOutcome(set: load.name, target: load.set.target.written)
    }

    private var connection: MongoConnection { catalog.connection }

    // MARK: - Filling

    mutating func fill() async throws -> SeedOutcome {
        if options.isPlan { return try await plan() }
        let isEmpty = try await isEmpty()
        for var batch in load.rows.batches {
            try await putHashes(into: &batch)
            let batch = batch
            let maker = self
            let inserts = isEmpty && load.set.mode != .sync
            try await batch.forEachPart(of: Self.batchSize) { rows in
                let all = try rows.allFields()
                return inserts ? maker.insertion(of: all, batch, rows.first) : maker.updates(of: all, batch, rows.first)
            } send: { commands, rows in
                for command in commands {
                    let reply = try await connection.run(command.document, in: catalog.database)
                    try count(reply, of: command, batch)
                }
                rowCount += rows.count
                options.report(.rows(set: load.name, done: rowCount, total: load.rows.count))
            }
        }
        if load.set.mode == .sync { try await catalog.own(added, by: load.name) }
        if load.set.mode.removesRows {
            outcome.deleted = try await catalog.remove(
                gone(),
                from: name,
                ownedBy: load.set.mode == .sync ? load.name : nil
            )
        }
        outcome.unchanged = rowCount - outcome.inserted - outcome.updated
        outcome.seconds = (ContinuousClock.now - start).seconds
        try await catalog.note(load, rows: rowCount)
        return outcome
    }

    private func isEmpty() async throws -> Bool {
        let command: BSONDocument = ["find": .string(name), "limit": 1, "projection": ["_id": 1]]
        let reply = try await connection.run(command, in: catalog.database)
        return reply["cursor"]?.document?["firstBatch"]?.array?.isEmpty != false
    }

    /// Some documents on their way.
    private struct Command: Sendable {
        var document: BSONDocument
        /// The numbers of their rows.
        var rows: Range<Int>
        var inserts: Bool
    }

    /// Makes what adds documents to a collection that had none.
    private func insertion(of rows: [[SeedValue.Field]], _ batch: SeedBatch, _ first: Int) -> [Command] {
        commands("insert", "documents", rows.indices, first) { writer, row in
            writer.append(document(rows[row], row: first + row, batch))
        }
    }

    /// Makes what adds documents that are missing, and changes those that differ.
    private func updates(of rows: [[SeedValue.Field]], _ batch: SeedBatch, _ first: Int) -> [Command] {
        commands("update", "updates", rows.indices, first) { writer, row in
            update(of: rows[row], row: first + row, batch, in: &writer)
        }
    }

    /// Makes commands of a list of elements; as few as the server's limit of 16 MiB and one element allow.
    private func commands(
        _ name: String,
        _ list: String,
        _ rows: Range<Int>,
        _ first: Int,
        _ element: (inout BSONWriter, Int) -> Void
    ) -> [Command] {
        var commands: [Command] = []
        var next = rows.lowerBound
        while next < rows.upperBound {
            let start = next
            var writer = BSONWriter(capacity: 1 << 20)
            try? writer.append(.string(self.name), forKey: name)
            try? writer.append(.bool(false), forKey: "ordered")
            try? writer.append(.array, forKey: list) { writer in
                var size = 0
                while next < rows.upperBound, next == start || writer.count + size < 8 << 20 {
                    let before = writer.count
                    try? writer.append(.document, forKey: String(next - start)) { element(&$0, next) }
                    size = max(size, writer.count - before)
                    next += 1
                }
            }
            let range = first + start..<first + next
            commands.append(Command(document: writer.document(), rows: range, inserts: name == "insert"))
        }
        return commands
    }

    /// Counts what a command has changed.
    ///
    /// - Throws: ``Diagnostics`` for the first row that the server refuses.
    private mutating func count(_ reply: BSONDocument, of command: Command, _ batch: SeedBatch) throws {
        let upserted = reply["upserted"]?.array ?? []
        outcome.inserted += command.inserts ? reply["n"]?.int ?? 0 : upserted.count
        outcome.updated += reply["nModified"]?.int ?? 0
        if load.set.mode == .sync { added += upserted.compactMap { $0.document?["_id"] } }
        let errors = (reply["writeErrors"]?.array ?? []).compactMap(\.document)
        guard let first = errors.min(by: { ($0["index"]?.int ?? 0) < ($1["index"]?.int ?? 0) }) else { return }
        throw problem(Self.reason(first), batch.origin(of: command.rows.lowerBound + (first["index"]?.int ?? 0)))
    }

    private func document(_ fields: [SeedValue.Field], row: Int, _ batch: SeedBatch) -> [SeedValue.Field] {
        // A document that may be sent twice, since a run may be killed, needs a name that is the same both times.
        let id = load.set.mode == .append && !fields.contains { $0.name == "_id" } ? [appendID(row, batch)] : []
        return id + fields
    }

    private func appendID(_ row: Int, _ batch: SeedBatch) -> SeedValue.Field {
        let label = batch.origin(of: row).label ?? "\(row)"
        let uuid = SeedUUID.version5(namespace: .url, name: "nexenv:\(load.set.target.written):\(load.name)/\(label)")
        return .init("_id", .uuid(uuid))
    }

    private func update(
        of fields: [SeedValue.Field],
        row: Int,
        _ batch: SeedBatch,
        in writer: inout BSONWriter
    ) {
        var fields = fields
        var key = load.key
        if load.set.mode == .append {
            key = ["_id"]
            if !fields.contains(where: { $0.name == "_id" }) { fields.append(appendID(row, batch)) }
        }
        let keyFields = fields.filter { key.contains($0.name) }
        let others = fields.filter { !key.contains($0.name) }
        let onInsert = others.filter { load.set.mode == .append || load.set.keeps($0.name) }
        let always = others.filter { load.set.mode != .append && !load.set.keeps($0.name) }
        let new = onInsert.isEmpty && always.isEmpty ? keyFields : onInsert
        try? writer.append(.document, forKey: "q") { $0.append(keyFields) }
        try? writer.append(.document, forKey: "u") { change in
            if !always.isEmpty { try? change.append(.document, forKey: "$set") { $0.append(always) } }
            if !new.isEmpty { try? change.append(.document, forKey: "$setOnInsert") { $0.append(new) } }
        }
        try? writer.append(.bool(true), forKey: "upsert")
    }

    // MARK: - Removing

    /// The documents that the set doesn't have, by their `_id`: its own former ones, or all.
    private func gone() async throws -> [BSONValue] {
        var kept: Set<[BSONValue]> = []
        for batch in load.rows.batches {
            try await batch.forEachPart(of: Self.batchSize) { rows, _ in
                for fields in rows {
                    kept.insert(load.key.map { key in fields.first { $0.name == key }?.value.bson ?? .null })
                }
            }
        }
        var projection: BSONDocument = ["_id": 1]
        for key in load.key where key != "_id" { try? projection.append(1, forKey: key) }
        let filter: BSONDocument =
            load.set.mode == .sync ? ["_id": ["$in": .array(try await catalog.owned(by: load.name))]] : [:]
        var cursor = try await connection.find(
            name,
            in: catalog.database,
            filter: filter,
            options: ["projection": .document(projection)]
        )
        var gone: [BSONValue] = []
        while let batch = try await cursor.nextBatch() {
            for document in batch where !kept.contains(load.key.map { document[$0] ?? .null }) {
                if let id = document["_id"] { gone.append(id) }
            }
        }
        return gone
    }

    // MARK: - Only looking

    /// Counts what would change.
    private mutating func plan() async throws -> SeedOutcome {
        for batch in load.rows.batches {
            try await batch.forEachPart(of: 500) { rows, _ in
                let filters = rows.map { fields in BSONDocument(fields.filter { load.key.contains($0.name) }) }
                let found = try await documents(like: filters)
                for fields in rows {
                    let key = load.key.map { name in fields.first { $0.name == name }?.value.bson ?? .null }
                    guard let document = found[key], load.set.mode != .append else {
                        outcome.inserted += 1
                        continue
                    }
                    let differs = fields.contains { field in
                        !load.key.contains(field.name) && !load.set.keeps(field.name)
                            && document[field.name] != field.value.bson
                    }
                    if differs { outcome.updated += 1 } else { outcome.unchanged += 1 }
                }
            }
        }
        if load.set.mode.removesRows { outcome.deleted = try await gone().count }
        return outcome
    }

    private func documents(like filters: [BSONDocument]) async throws -> [[BSONValue]: BSONDocument] {
        let filter: BSONDocument = ["$or": .array(filters.map { .document($0) })]
        var cursor = try await connection.find(name, in: catalog.database, filter: filter)
        var found: [[BSONValue]: BSONDocument] = [:]
        while let batch = try await cursor.nextBatch() {
            for document in batch { found[load.key.map { document[$0] ?? .null }] = document }
        }
        return found
    }

    // MARK: - Passwords

    private func putHashes(into batch: inout SeedBatch) async throws {
        switch batch.content {
        case .records(var records):
            for row in records.indices where !records[row].secrets.isEmpty {
                let key = records[row].fields.filter { load.key.contains($0.name) }
                let current = try await documents(like: [BSONDocument(key)]).values.first
                for secret in records[row].secrets {
                    let old = current?.value(at: secret.path)?.string
                    let hash = try secret.hash(current: old, keepsAny: load.set.keeps(secret.path[0]))
                    records[row].fields.set(.text(hash), at: secret.path)
                }
            }
            batch.content = .records(records)
        case .file, .table: break
        case .generated(_, let secrets):
            for secret in secrets {
                var cursor = try await connection.find(
                    name,
                    in: catalog.database,
                    filter: [secret.column: ["$type": "string"]],
                    options: ["limit": 1],
                    batchSize: 1
                )
                let old = try await cursor.nextBatch()?.first?[secret.column]?.string
                secret.set(try secret.secret.hash(current: old, keepsAny: load.set.keeps(secret.column)))
            }
        }
    }

    // MARK: - Errors

    private func problem(_ reason: String, _ origin: SeedOrigin) -> Diagnostics {
        let message = "\(load.name)\(origin.name): \(reason)"
        return Diagnostics([Diagnostic(.seed, message, at: origin.position ?? load.position)], exitStatus: .dataError)
    }

    private static func reason(_ error: BSONDocument) -> String {
        let message = error["errmsg"]?.string ?? "the server refuses it"
        guard let details = error["errInfo"]?.document?["details"]?.document else { return message }
        let text = details.extendedJSON(.relaxed)
        return "\(message): \(text.count > 400 ? "\(text.prefix(400))…" : text)"
    }
}

extension BSONDocument {
    /// Returns the value at the end of a path of names.
    fileprivate func value(at path: [String]) -> BSONValue? {
        guard let first = path.first, let value = self[first] else { return nil }
        return path.count == 1 ? value : value.document?.value(at: Array(path.dropFirst()))
    }
}

extension [SeedValue.Field] {
    /// Replaces the value at the end of a path of names.
    mutating func set(_ value: SeedValue, at path: [String]) {
        guard let first = path.first, let index = firstIndex(where: { $0.name == first }) else { return }
        guard path.count > 1 else {
            self[index].value = value
            return
        }
        guard case .document(var fields) = self[index].value else { return }
        fields.set(value, at: [String](path.dropFirst()))
        self[index].value = .document(fields)
    }
}
#endif
