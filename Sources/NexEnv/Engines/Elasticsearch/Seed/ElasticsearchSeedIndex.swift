/// One set on its way into its index.
struct ElasticsearchSeedIndex: SeedFilling {
    private let load: SeedLoad
    private let options: SeedOptions
    private let documents: ElasticsearchDocuments
    private let ledger: ElasticsearchLedger
    private let start = ContinuousClock.now

    private(set) var outcome: SeedOutcome
    private var kept: Set<String> = []
    private var rowCount = 0

    private static let batchSize = 1_000

    init(_ load: SeedLoad, _ options: SeedOptions, _ client: ElasticsearchClient, index: String) {
        self.load = load
        self.options = options
        documents = ElasticsearchDocuments(client: client, index: index)
        ledger = ElasticsearchLedger(client: client)
        outcome = SeedOutcome(set: load.name, target: load.set.target.written)
    }

    private var client: ElasticsearchClient { documents.client }

    mutating func fill() async throws -> SeedOutcome {
        for batch in load.rows.batches {
            try refuseSecrets(batch)
            let maker = self
            try await batch.forEachPart(of: Self.batchSize) { rows in
                let first = rows.first
                return try rows.allFields().enumerated().map { try maker.wanted($1, row: first + $0, batch) }
            } send: { part, rows in
                try count(try await maker.write(part), rows, batch)
            }
        }
        if load.set.mode.removesRows { try await removeOthers() }
        outcome.unchanged = rowCount - outcome.inserted - outcome.updated
        outcome.seconds = (ContinuousClock.now - start).seconds
        guard !options.isPlan else { return outcome }
        // What was written is found by searches from now on, and not a second later.
        if outcome.changes > 0 { try await client.call("POST", [documents.index, "_refresh"]) }
        try await ledger.note(load, index: documents.index, rows: rowCount)
        return outcome
    }

    // MARK: - Documents

    /// Reads a row: its `_id`, or its label in its stead, and its fields.
    private func wanted(
        _ fields: [SeedValue.Field],
        row: Int,
        _ batch: SeedBatch
    ) throws -> ElasticsearchDocuments.Wanted {
        // Where a row of a file comes from takes reading the file up to it: nobody asks but for a mistake.
        let label = if case .records(let records) = batch.content { records[row].label } else { String?.none }
        let id = fields.first { $0.name == "_id" }?.value.plainText ?? label ?? (appends ? "\(row)" : "")
        guard !id.isEmpty, id.utf8.count <= 512 else {
            let reason = id.isEmpty ? "a document needs an `_id`, or a label" : "its `_id` has more than 512 bytes"
            throw problem(reason, batch.origin(of: row))
        }
        // What is appended has names of its own, the same ones when the run is killed and begins again.
        let isOwn = fields.contains { $0.name == "_id" } || !appends
        return .init(id: isOwn ? id : "\(load.name)-\(id)", fields: fields.filter { $0.name != "_id" })
    }

    private var appends: Bool { load.set.mode == .append }

    /// What became of a part.
    private struct Sent: Sendable {
        var ids: [String]
        var inserted: [String] = []
        var updated = 0
        /// The first row that the server refuses, counted from the part's first, and why.
        var refusal: (row: Int, error: ElasticsearchError)?
    }

    private func write(_ part: [ElasticsearchDocuments.Wanted]) async throws -> Sent {
        var sent = Sent(ids: part.map(\.id))
        let found = try await documents.find(Array(Set(sent.ids)))
        var operations: [(row: Int, operation: ElasticsearchBulk.Operation)] = []
        for (row, wanted) in part.enumerated() {
            let set = load.set
            let change = ElasticsearchDocuments.change(wanted, found[wanted.id]) { appends || set.keeps($0) }
            if let change { operations.append((row, change)) }
        }
        let isPlan = options.isPlan
        let results =
            isPlan ? [] : try await ElasticsearchBulk(client, documents.index).run(operations.map(\.operation))
        for (index, item) in operations.enumerated() {
            if !isPlan, let error = results[index].error {
                sent.refusal = sent.refusal ?? (item.row, error)
            } else if item.operation.action == .create {
                sent.inserted.append(item.operation.id)
            } else {
                sent.updated += 1
            }
        }
        if load.set.mode == .sync, !isPlan {
            try await ledger.own(sent.inserted, of: documents.index, by: load.name)
        }
        return sent
    }

    private mutating func count(_ sent: Sent, _ rows: Range<Int>, _ batch: SeedBatch) throws {
        outcome.inserted += sent.inserted.count
        outcome.updated += sent.updated
        rowCount += rows.count
        if load.set.mode.removesRows { kept.formUnion(sent.ids) }
        if let (row, error) = sent.refusal { throw problem(error.message, batch.origin(of: rows.lowerBound + row)) }
        options.report(.rows(set: load.name, done: rowCount, total: load.rows.count))
    }

    // MARK: - Removing

    /// Removes the documents that the set doesn't have: its own former ones, or all.
    private mutating func removeOthers() async throws {
        let isSync = load.set.mode == .sync
        var gone: [String] = []
        if isSync {
            gone = try await ledger.owned(of: documents.index, by: load.name).filter { !kept.contains($0) }
            if options.isPlan { gone = Array(try await documents.find(gone).keys) }
        } else {
            gone = try await ElasticsearchScroll(client, documents.index).ids(unless: kept.contains)
        }
        guard !options.isPlan else {
            outcome.deleted = gone.count
            return
        }
        outcome.deleted = try await ElasticsearchBulk(client, documents.index).remove(gone)
        if isSync { try await ledger.disown(gone, of: documents.index, by: load.name) }
    }

    // MARK: - Errors

    /// A search index is no place for passwords, not even for their hashes.
    private func refuseSecrets(_ batch: SeedBatch) throws {
        let position: SourcePosition? =
            switch batch.content {
            case .records(let records): records.lazy.compactMap(\.secrets.first?.position).first
            case .generated(_, let secrets): secrets.first?.secret.position
            case .file, .table: nil
            }
        guard let position else { return }
        let message = "a search index is no place for passwords, not even for their hashes"
        throw Diagnostics(
            [Diagnostic(.seed, message, at: position, hint: "leave the field out")],
            exitStatus: .dataError
        )
    }

    private func problem(_ reason: String, _ origin: SeedOrigin) -> Diagnostics {
        let message = "\(load.name)\(origin.name): \(reason)"
        return Diagnostics([Diagnostic(.seed, message, at: origin.position ?? load.position)], exitStatus: .dataError)
    }
}
