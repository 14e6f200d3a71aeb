/// Brings one index up to its collection: everything at first, what has changed since afterwards.
///
/// The cursor is noted behind each page, and a page that is written twice changes nothing, so a run may be killed anywhere.
/// Documents that were removed are found by going through everything: at first, with `--fresh`, and where nothing says when a
/// document was changed.
struct SyncRun: Sendable {
    let name: String
    let sync: SeedSync
    let position: SourcePosition
    var isPlan = false
    var isFresh = false
    var pageSize = 1_000
    var report: @Sendable (SeedEvent) -> Void = { _ in }

    func run(_ source: any SyncSource, _ target: any SyncTarget) async throws -> SeedOutcome {
        let start = ContinuousClock.now
        var outcome = SeedOutcome(set: name, target: sync.target.written)
        var rows = 0
        let known = try await target.cursor(of: name)
        var cursor = SyncCursor(fingerprint: sync.fingerprint)
        if let known, known.fingerprint == sync.fingerprint, !known.isComplete || (known.since != nil && !isFresh) {
            cursor = known
        }
        if !cursor.isComplete {
            // What changes while we go through the rest is found afterwards.
            if cursor.since == nil { cursor.since = try await source.newest() }
            while true {
                let page = try await source.page(after: cursor.identity, limit: pageSize)
                guard let last = page.last else { break }
                try await write(page, target, &outcome, &rows)
                cursor.identity = last.identity
                try await note(cursor, target)
            }
            outcome.deleted = try await removeOthers(source, target)
            cursor.isComplete = true
            cursor.identity = nil
            try await note(cursor, target)
        } else {
            try await catchUp(&cursor, source, target, &outcome, &rows)
        }
        if outcome.changes > 0, !isPlan { try await target.finish() }
        outcome.unchanged = rows - outcome.inserted - outcome.updated
        outcome.seconds = (ContinuousClock.now - start).seconds
        return outcome
    }

    /// Copies what has changed since the last run, in the order in which it was.
    private func catchUp(
        _ cursor: inout SyncCursor,
        _ source: any SyncSource,
        _ target: any SyncTarget,
        _ outcome: inout SeedOutcome,
        _ rows: inout Int
    ) async throws {
        var noted = cursor
        while let since = cursor.since {
            let page = try await source.page(since: since, after: cursor.identity, limit: pageSize)
            guard let last = page.last else { break }
            try await write(page, target, &outcome, &rows)
            cursor.since = last.mark ?? since
            cursor.identity = last.identity
            guard page.count == pageSize else { break }
            try await note(cursor, target)
            noted = cursor
        }
        // Two documents may be changed in one moment, the second after we looked: that moment is looked at again.
        cursor.identity = nil
        if cursor != noted { try await note(cursor, target) }
    }

    private func note(_ cursor: SyncCursor, _ target: any SyncTarget) async throws {
        if !isPlan { try await target.note(cursor, of: name) }
    }

    private func write(
        _ page: [SyncDocument],
        _ target: any SyncTarget,
        _ outcome: inout SeedOutcome,
        _ rows: inout Int
    ) async throws {
        let written = try await target.write(page, isPlan: isPlan)
        outcome.inserted += written.inserted
        outcome.updated += written.updated
        rows += page.count
        report(.rows(set: name, done: rows, total: nil))
        guard let (id, reason) = written.refusal else { return }
        throw Diagnostics(
            [
                Diagnostic(
                    .seed,
                    "\(name), document \(id) of \(sync.source.written): \(reason)",
                    at: position,
                    hint: "put the document or the index's mapping right; running it again goes on there"
                )
            ],
            exitStatus: .dataError
        )
    }

    /// Removes what the collection hasn't got; the identities are remembered as numbers, 8 bytes each.
    private func removeOthers(_ source: any SyncSource, _ target: any SyncTarget) async throws -> Int {
        var kept: Set<Int> = []
        try await source.forEachIdentity { kept.insert($0.hashValue) }
        let all = kept
        return try await target.remove(isPlan: isPlan) { all.contains($0.hashValue) }
    }
}
