/// An engine whose databases can be filled with sets of rows.
package protocol SeedableEngine: DatabaseEngine {
    /// Returns what is wrong with a set as far as the file alone shows.
    func problem(with set: SeedSet) -> SeedProblem?

    /// Returns what the targets of sets are like, and what was loaded into them before.
    ///
    /// - Returns: A state for each target that is there.
    func examine(_ targets: [SeedTarget], of database: String?, on server: RunningServer) async throws
        -> [SeedTarget: SeedTargetState]

    /// Loads sets into one database, in the order given.
    ///
    /// - Throws: What went wrong, with the place in the user's file; then the outcome says what had been written.
    func load(_ sets: [SeedLoad], into database: String?, on server: RunningServer, _ options: SeedOptions) async throws
        -> [SeedOutcome]

    /// Is told that all databases of a server are loaded, by those that know what state they are in only then.
    func settle(_ databases: [SeedSettledDatabase], on server: RunningServer) async throws
}

extension SeedableEngine {
    package func settle(_ databases: [SeedSettledDatabase], on server: RunningServer) async throws {}
}

/// A database whose sets are as they should be.
package struct SeedSettledDatabase: Sendable {
    package var name: String?
    /// The sets, with those that there was nothing to do for.
    package var loads: [SeedLoad]
    package var outcomes: [SeedOutcome]
}

/// What is wrong with a set.
package struct SeedProblem: Sendable {
    package var message: String
    package var hint: String?
}

/// A table, a collection or a Redis database before it is filled.
package struct SeedTargetState: Sendable {
    /// The columns with their types; empty where anything goes.
    package var columns: [SeedTableColumn] = []

    /// The columns by which rows are found again, where the target itself says so.
    package var key: [String] = []

    /// The groups of columns whose values the server keeps different; no promise where it has none.
    package var uniqueKeys: [[String]]?

    /// The targets that rows point into, by foreign keys.
    package var needs: Set<SeedTarget> = []

    /// What the columns and their types come to; part of what decides whether a set has to be looked at again.
    package var shape = ""

    /// Changes whenever somebody writes into the target; nothing where that can't be told.
    package var version: String?

    /// The sets that were loaded into it.
    package var loaded: [String: SeedLedgerEntry] = [:]
}

/// A column of a table.
package struct SeedTableColumn: Sendable, Hashable {
    package var name: String
    /// The server's name of the type.
    package var type: String
    package var form = SeedColumnForm.scalar
    package var identity: SeedIdentityKind?
    package var integerRange = SeedIdentities.Range.large
    /// Whether the server computes it and takes no value.
    package var isComputed = false
    /// Whether a value can be given to a new row only.
    package var isFixed = false
}

/// What a database notes of a set that was loaded into it.
package struct SeedLedgerEntry: Sendable, Hashable {
    package var fingerprint: String
    /// The target's version right after.
    package var version: String?
    package var rows: Int
}

/// One set, ready to be loaded.
package struct SeedLoad: Sendable {
    package var name: String
    package var set: SeedSet
    package var position: SourcePosition
    package var key: [String]
    package var state: SeedTargetState
    package var fingerprint: String
    package var rows = SeedRows.records([])
    /// Whether there is nothing to do.
    package var isDone = false

    /// Whether the set is a file of statements, whose effect nobody can compare.
    var isScript: Bool { self.set.source?.sql != nil }

    /// The query whose rows the set has, if it is one's.
    var query: SeedQuery? { if case .query(let query) = rows { query } else { nil } }

    /// Whether neither the set nor its target was touched since it was loaded.
    var isUntouched: Bool {
        guard let known = state.loaded[name], known.fingerprint == fingerprint else { return false }
        return isScript || (known.version != nil && known.version == state.version)
    }

    init(_ entry: SeedBook.Entry, _ state: SeedTargetState, fingerprint: String) {
        name = entry.name
        set = entry.set
        position = entry.position
        key = entry.set.key.isEmpty ? state.key : entry.set.key
        self.state = state
        self.fingerprint = fingerprint
    }
}

/// How sets are loaded.
package struct SeedOptions: Sendable {
    /// Whether nothing is kept: to see what would change.
    package var isPlan = false
    package var lockTimeout = Duration.seconds(30)
    package var report: @Sendable (SeedEvent) -> Void = { _ in }

    package init() {}
}

/// What is going on while sets are loaded.
package enum SeedEvent: Sendable {
    /// So many rows of a set are on their way; the total where it is known.
    case rows(set: String, done: Int, total: Int?)
    case finished(SeedOutcome)
    /// A database is being made for its sets, and how.
    case preparing(database: String, detail: String)
    /// A database is ready for its sets.
    case prepared(database: String)
    /// Something has to be waited for.
    case waiting(database: String, reason: String)
}

/// What became of a set.
package struct SeedOutcome: Sendable, Codable, Hashable {
    package var set: String
    package var target: String
    package var inserted = 0
    package var updated = 0
    package var deleted = 0
    package var unchanged = 0
    /// Whether nobody had touched set and target since the last run, so that neither was read.
    package var isSkipped = false
    package var seconds = 0.0

    package var changes: Int { inserted + updated + deleted }
}

extension SeedOutcome {
    /// The outcome of a set that nobody has touched.
    init(skipped load: SeedLoad) {
        self.init(set: load.name, target: load.set.target.written)
        unchanged = load.state.loaded[load.name]?.rows ?? 0
        isSkipped = true
    }
}
