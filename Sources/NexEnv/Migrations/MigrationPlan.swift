/// How far a migration is in a database.
package enum MigrationState: String, Sendable, Codable {
    case applied
    case pending
    /// Some of its statements are done.
    case halfDone = "half-done"
    /// Some statements of its way down are done.
    case halfUndone = "half-undone"
    /// Applied, and its file says something else now.
    case changed
    /// Applied, and its file is gone.
    case missing
    /// Not applied, and older than one that is.
    case outOfOrder = "out-of-order"
    /// Its file has nothing to run.
    case empty
}

/// What a database's ledger and its folder come to: what is applied, what is to be done, and what doesn't fit.
package struct MigrationPlan<Statement: ScriptStatement>: Sendable {
    /// One migration of the folder or the ledger.
    package struct Item: Sendable {
        package var name: String
        package var state: MigrationState
        package var migration: Migration<Statement>?
        package var entry: LedgerEntry?
        /// The entry of the way down, where that is under way.
        package var rollback: LedgerEntry?
        /// What is worth knowing and wrong with nothing.
        package var note: String?
        /// Whether the ledger is to learn the file's new name or digest.
        package var isRestamped = false
    }

    /// All of them, as they run; what has no file comes where its version belongs.
    package var items: [Item]

    package let folder: ResourcePath

    package init(_ folder: MigrationFolder<Statement>, _ ledger: [LedgerEntry]) {
        self.folder = folder.folder
        var rest = ledger.filter { $0.kind == .migration || $0.kind == .repeatable }
        var items: [Item] = []
        for migration in folder.migrations {
            let index = rest.firstIndex { Self.isEntry($0, of: migration) }
            items.append(Self.item(migration, index.map { rest.remove(at: $0) }))
        }
        items += rest.map { Item(name: $0.name, state: .missing, entry: $0) }
        let rollbacks = ledger.filter { $0.kind == .rollback }
        for index in items.indices {
            guard let rollback = rollbacks.first(where: { $0.name == items[index].entry?.name }) else { continue }
            items[index].rollback = rollback
            items[index].state = .halfUndone
        }
        self.items = Self.inOrder(items)
        markOutOfOrder()
    }

    private static func isEntry(_ entry: LedgerEntry, of migration: Migration<Statement>) -> Bool {
        guard entry.kind == migration.kind else { return false }
        return entry.name == migration.name
            || migration.version.map { $0 == MigrationName.version(ofMigration: entry.name) } ?? false
    }

    private static func item(_ migration: Migration<Statement>, _ entry: LedgerEntry?) -> Item {
        var item = Item(name: migration.name, state: .pending, migration: migration, entry: entry)
        guard let entry else {
            if migration.up.isEmpty { item.state = .empty }
            return item
        }
        let isRenamed = entry.name != migration.name
        if !entry.isComplete {
            item.state = migration.up.starts(as: entry) ? .halfDone : .changed
            // What is repeatable starts over when it changes.
            if migration.isRepeatable, item.state == .changed { item.state = .pending }
            return item
        }
        item.state = .applied
        if entry.checksum == migration.checksum, !isRenamed { return item }
        guard migration.up.tokens == entry.tokens else {
            item.state = migration.isRepeatable ? .pending : .changed
            return item
        }
        item.isRestamped = true
        item.note =
            isRenamed
            ? "`\(entry.name)` is called `\(migration.name)` now"
            : "`\(migration.name)` was changed after it was applied, in nothing that ran: comments, blanks or its way down"
        return item
    }

    /// By version; what is repeatable comes last, by name.
    private static func inOrder(_ items: [Item]) -> [Item] {
        let versions = items.map { MigrationName.version(ofMigration: $0.name) }
        return items.indices.sorted { left, right in
            switch (versions[left], versions[right]) {
            case (let one?, let two?): one < two
            case (nil, nil): items[left].name < items[right].name
            case (let one, _): one != nil
            }
        }.map { items[$0] }
    }

    private mutating func markOutOfOrder() {
        guard let newest = newestApplied, let last = items.firstIndex(where: { $0.name == newest.name }) else { return }
        for index in items.indices.prefix(last) where items[index].state == .pending {
            items[index].state = .outOfOrder
        }
    }

    /// The newest migration that is applied, or has begun to be.
    private var newestApplied: Item? {
        items.last { $0.entry?.kind == .migration }
    }

    // MARK: - What to do

    /// What `up` runs, in order.
    package var pending: [Item] {
        items.filter { $0.state == .pending || $0.state == .halfDone || $0.state == .outOfOrder }
    }

    /// Whether `up` has anything to look at.
    package var isSettled: Bool { items.allSatisfy { $0.state == .applied && !$0.isRestamped || $0.state == .empty } }

    package var notes: [String] {
        items.compactMap { item in
            item.state == .empty ? "`\(item.name)` is empty, and isn't applied until it says something" : item.note
        }
    }

    /// What `down` takes back, the last applied first.
    package var undoable: [Item] {
        let undone = items.filter { $0.entry?.kind == .migration }
        return undone.sorted { left, right in
            if (left.rollback != nil) != (right.rollback != nil) { return left.rollback != nil }
            return (left.entry?.time ?? 0) > (right.entry?.time ?? 0)
        }
    }

    // MARK: - What doesn't fit

    /// What keeps `up` from running.
    package func problems(allowsOutOfOrder: Bool = false) -> [Diagnostic] {
        items.compactMap { item in
            switch item.state {
            case .changed: changed(item)
            case .missing: missing(item)
            case .outOfOrder where !allowsOutOfOrder: outOfOrder(item)
            case .halfUndone: halfUndone(item)
            default: nil
            }
        }
    }

    private func changed(_ item: Item) -> Diagnostic? {
        guard let entry = item.entry else { return nil }
        let when = entry.time.map { " on \(MigrationTime.text($0))" } ?? ""
        let was =
            entry.isComplete
            ? "was applied\(when) and has been changed since"
            : "was changed in what had run already: \(entry.statementsDone) of its statements"
        return Diagnostic(
            .changedMigration,
            "`\(entry.name)` \(was)",
            at: item.migration?.position ?? folder.position,
            hint: entry.isComplete
                ? "put the old text back and write a new migration, or take it back with `nexenv migrate down`"
                : "put the old text of these statements back; what comes behind them may change"
        )
    }

    private func missing(_ item: Item) -> Diagnostic {
        let when = item.entry?.time.map { " on \(MigrationTime.text($0))" } ?? ""
        let was = item.entry?.isComplete == true ? "applied" : "begun"
        return Diagnostic(
            .missingMigration,
            "`\(item.name)` was \(was)\(when), and its file is not in `\(folder.written)`",
            at: folder.position,
            hint: "get the file back, such as from another branch: nobody else knows its way down"
        )
    }

    private func outOfOrder(_ item: Item) -> Diagnostic {
        Diagnostic(
            .outOfOrder,
            "`\(item.name)` is older than `\(newestApplied?.name ?? "")`, which is applied already",
            at: item.migration?.position ?? folder.position,
            hint: "give it a newer version, or run it all the same with `nexenv migrate up --allow-out-of-order`"
        )
    }

    private func halfUndone(_ item: Item) -> Diagnostic {
        Diagnostic(
            .halfDone,
            "`\(item.name)` is half undone: \(item.rollback?.statementsDone ?? 0) statements of its way down are done",
            at: item.migration?.position ?? folder.position,
            hint: "`nexenv migrate down` goes on with it"
        )
    }
}

extension MigrationListing {
    /// Whether a ledger has just these migrations, applied as they are; it takes no more than names and digests to see.
    package func isApplied(_ ledger: [LedgerEntry]) -> Bool {
        let entries = ledger.filter { [.migration, .repeatable, .rollback].contains($0.kind) }
        guard entries.count == self.entries.count else { return false }
        let byName = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
        return self.entries.allSatisfy { migration in
            guard let entry = byName[migration.name], entry.kind != .rollback, entry.isComplete else { return false }
            return entry.checksum == migration.up.checksum
        }
    }
}
