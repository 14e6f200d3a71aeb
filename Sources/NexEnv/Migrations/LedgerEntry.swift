/// What a database's own ledger says of one file.
package struct LedgerEntry: Sendable, Hashable {
    /// What kind of thing was applied.
    package struct Kind: RawRepresentable, Sendable, Hashable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let initFile = Kind(rawValue: "init")
        package static let migration = Kind(rawValue: "migration")
        /// A migration that runs again whenever its file changes.
        package static let repeatable = Kind(rawValue: "repeatable")
        /// The way down of a migration, while it is under way.
        package static let rollback = Kind(rawValue: "rollback")
    }

    package var kind: Kind
    package var name: String

    /// The digest of the file; see ``MigrationFile/checksum``.
    package var checksum: String

    /// The digest of what the statements say that are done, as ``Script/tokens(ofFirst:)`` has it; nothing in ledgers of old.
    package var tokens: String?

    /// How many statements are done.
    package var statementsDone = 0

    /// Whether the next statement had begun outside of a transaction when this was written: nobody knows what became of it.
    package var isInFlight = false

    /// What is known of the statement that was begun outside of a transaction last, as the engine writes it.
    package var statement: String?

    package var isComplete = false

    /// When it was written, in seconds since 1970; nothing until it is.
    package var time: Double?

    package init(_ kind: Kind, _ name: String, checksum: String) {
        self.kind = kind
        self.name = name
        self.checksum = checksum
    }
}

/// One way that a migration went: up or down, who went it, when and how long it took.
package struct HistoryEntry: Sendable, Hashable {
    package var name: String
    package var direction: MigrationDirection
    package var checksum: String
    /// `user@host`.
    package var user: String
    /// When it was done, in seconds since 1970.
    package var time: Double
    package var seconds: Double
}

extension HistoryEntry {
    /// A way that comes to its end now; when that is, the server says.
    init(_ entry: LedgerEntry, _ direction: MigrationDirection, since start: ContinuousClock.Instant) {
        self.init(
            name: entry.name,
            direction: direction,
            checksum: entry.checksum,
            user: RunningUser.description,
            time: 0,
            seconds: (ContinuousClock.now - start).seconds
        )
    }
}

/// The two ways of a migration.
package enum MigrationDirection: String, Sendable, CaseIterable, Codable {
    case up
    case down
}
