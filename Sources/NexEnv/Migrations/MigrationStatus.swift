/// Where a database is in its migrations.
package struct MigrationStatus: Sendable {
    /// One migration.
    package struct Row: Sendable {
        package var name: String
        package var state: MigrationState
        /// When it was applied, in seconds since 1970.
        package var time: Double?
        package var user: String?
        package var seconds: Double?
        /// How far it is, where it is half way.
        package var detail: String?
        /// Its file; nothing where that is gone.
        package var file: String?
    }

    package var service: String
    package var database: String

    /// The folder, as the environment file says it.
    package var folder: String
    package var rows: [Row]

    /// What keeps `migrate up` from running.
    package var problems: [Diagnostic]
    package var notes: [String]

    /// How many `migrate up` would run.
    package var pending: Int { rows.count { [.pending, .halfDone, .outOfOrder].contains($0.state) } }

    init<Statement>(
        _ service: String,
        _ database: String,
        _ plan: MigrationPlan<Statement>,
        _ history: [HistoryEntry]
    ) {
        self.service = service
        self.database = database
        folder = plan.folder.written
        problems = plan.problems()
        notes = plan.notes
        let ups = Dictionary(history.filter { $0.direction == .up }.map { ($0.name, $0) }) { $1 }
        rows = plan.items.map { item in
            var row = Row(name: item.name, state: item.state, file: item.migration?.file.displayPath)
            guard let entry = item.entry else { return row }
            if entry.isComplete {
                row.time = entry.time
                row.user = ups[entry.name]?.user
                row.seconds = ups[entry.name]?.seconds
            }
            if item.state == .halfDone, let migration = item.migration {
                row.detail = "\(entry.statementsDone) of \(migration.up.count) statements done"
            } else if let rollback = item.rollback, let down = item.migration?.down {
                row.detail = "\(rollback.statementsDone) of \(down.count) statements taken back"
            }
            return row
        }
    }
}

extension MigratableEngine {
    /// Reads where a database is; changes nothing.
    package func migrationStatus(
        _ folder: Named<ResourcePath>,
        on server: RunningServer
    ) async throws -> MigrationStatus {
        let migrations = try migrations(in: folder)
        return try await withMigrationSession(
            in: folder.name,
            on: server,
            purpose: "nexenv migrate status",
            { _ in }
        ) { session in
            let plan = MigrationPlan(migrations, try await session.readLedger())
            return MigrationStatus(server.service.name, folder.name, plan, try await session.readHistory())
        }
    }

    /// Reads what has happened to a database, the oldest first; changes nothing.
    package func migrationHistory(
        _ folder: Named<ResourcePath>,
        on server: RunningServer
    ) async throws -> [HistoryEntry] {
        try await withMigrationSession(
            in: folder.name,
            on: server,
            purpose: "nexenv migrate history",
            { _ in }
        ) { try await $0.readHistory() }
    }

    /// Reads the migrations of a folder.
    ///
    /// - Throws: ``Diagnostics`` with the problems of all files.
    func migrations(in folder: Named<ResourcePath>) throws(Diagnostics) -> MigrationFolder<Statement> {
        let format = Self.migrationFormat
        return try MigrationFolder.read(MigrationListing.read(folder.value, extensions: format.extensions), format)
    }

    /// Whether a ledger has all that a folder has, and nothing else.
    ///
    /// - Throws: ``Diagnostics`` for names that can't be read; what is wrong inside of files is for the run to say.
    static func isMigrated(_ folder: ResourcePath, _ ledger: [LedgerEntry]) throws(Diagnostics) -> Bool {
        let listing = try MigrationListing.read(folder, extensions: migrationFormat.extensions)
        if listing.isApplied(ledger) { return true }
        // Files with nothing in them yet are in no ledger.
        guard let migrations = try? MigrationFolder.read(listing, migrationFormat) else { return false }
        return MigrationPlan(migrations, ledger).isSettled
    }

    /// Reports what is wrong inside the files of all folders.
    func checkMigrations(_ context: DecodingContext) {
        for folder in migrationFolders {
            do {
                _ = try migrations(in: folder)
            } catch {
                context.report(error.all)
            }
        }
    }
}
