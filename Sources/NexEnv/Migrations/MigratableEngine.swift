/// An engine whose databases have migrations: files that change what is in a database, each once.
package protocol MigratableEngine: DatabaseEngine {
    associatedtype Statement: ScriptStatement
    associatedtype Session: MigrationSession where Session.Statement == Statement

    /// How its migrations are written.
    static var migrationFormat: MigrationFormat<Statement> { get }

    /// The folder of each database that has one, under the database's name.
    var migrationFolders: [Named<ResourcePath>] { get }

    /// Runs a body with a session in a database.
    ///
    /// - Parameter purpose: What others are told while they wait: `nexenv migrate up`.
    func withMigrationSession<Value: Sendable>(
        in database: String,
        on server: RunningServer,
        purpose: String,
        _ report: @escaping @Sendable (MigrationEvent) -> Void,
        _ body: @Sendable (Session) async throws -> Value
    ) async throws -> Value

    /// Runs a body with a session in a database of its own, which is made like another one, before its migrations, and is
    /// gone afterwards.
    ///
    /// What such databases runs that were killed have left behind goes too.
    func withScratchSession<Value: Sendable>(
        like database: String,
        on server: RunningServer,
        _ report: @escaping @Sendable (MigrationEvent) -> Void,
        _ body: @Sendable (Session) async throws -> Value
    ) async throws -> Value
}

/// A log-in to one database, by which its migrations are run and its ledger is read and written.
package protocol MigrationSession: Sendable {
    associatedtype Statement: ScriptStatement

    /// Reads the ledger; a database without one has an empty one.
    func readLedger() async throws -> [LedgerEntry]

    /// Reads what has happened, the oldest first.
    func readHistory() async throws -> [HistoryEntry]

    /// Takes the lock that one migrator at a time has in a database, without waiting for it.
    ///
    /// - Returns: Who has it, when somebody else has.
    func tryLock() async throws -> LockHolder?

    /// Makes the ledger ready to be written; called with the lock held.
    func prepareLedger() async throws

    /// Runs what is left of one way of a migration, and notes it in the ledger and the history.
    ///
    /// - Parameter entry: What the ledger says of that way; a new entry where it says nothing.
    func run(_ migration: Migration<Statement>, _ direction: MigrationDirection, from entry: LedgerEntry) async throws

    /// Writes a file's new name or digest, of which nothing has to be run.
    func restamp(_ entry: LedgerEntry, name: String, checksum: String) async throws

    /// Returns what the database consists of, but for its rows.
    func fingerprint() async throws -> SchemaFingerprint

    /// Returns the statements of a migration that a scratch database leaves out, since they act on the server as a whole.
    func leftOut(of script: Script<Statement>) -> [Statement]
}

/// What migrating says while it works.
package enum MigrationEvent: Sendable {
    /// Somebody else migrates the database.
    case waiting(LockHolder)
    /// A migration is under way: so many of its statements are done.
    case running(String, MigrationDirection, done: Int, of: Int)
    /// A migration is done, and what it did will stay.
    case done(String, MigrationDirection, seconds: Double)
    /// Something worth knowing.
    case note(String)
    /// What the migration's own statements had to say.
    case notice(String)
}
