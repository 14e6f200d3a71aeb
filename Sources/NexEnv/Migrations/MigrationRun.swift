/// Runs the migrations of one database, up or down.
struct MigrationRun<Engine: MigratableEngine> {
    let engine: Engine
    let folder: Named<ResourcePath>
    let server: RunningServer
    let options: MigrationOptions
    let report: @Sendable (MigrationEvent) -> Void

    typealias Plan = MigrationPlan<Engine.Statement>

    /// Applies what isn't applied, in order.
    ///
    /// - Throws: ``Diagnostics`` for what doesn't fit and what fails, ``NexEnvError`` when somebody else migrates for too long.
    func up() async throws -> MigrationResult {
        let migrations = try engine.migrations(in: folder)
        return try await withSession { session in
            // A database in which nothing is to be done needs no lock, and isn't kept waiting by somebody else's.
            var plan = Plan(migrations, try await session.readLedger())
            var result = MigrationResult(server.service.name, folder.name)
            guard !plan.isSettled else {
                plan.notes.forEach { report(.note($0)) }
                return result
            }
            try await takeLock(session)
            plan = Plan(migrations, try await session.readLedger())
            let problems = plan.problems(allowsOutOfOrder: options.allowsOutOfOrder)
            guard problems.isEmpty else { throw Diagnostics(problems, exitStatus: .dataError) }
            plan.notes.forEach { report(.note($0)) }
            try await session.prepareLedger()
            for item in plan.items where item.isRestamped {
                guard let entry = item.entry, let migration = item.migration else { continue }
                try await session.restamp(entry, name: migration.name, checksum: migration.checksum)
            }
            for item in plan.pending {
                guard let migration = item.migration else { continue }
                var entry = LedgerEntry(migration.kind, migration.name, checksum: migration.checksum)
                // What is repeatable and has changed starts over.
                if item.state == .halfDone, let begun = item.entry { entry = begun }
                entry.checksum = migration.checksum
                result.done.append(try await run(session, migration, .up, entry))
            }
            return result
        }
    }

    /// Takes the last migrations back, the very last first.
    ///
    /// - Parameter count: How many; all that there are where there are fewer.
    /// - Throws: ``Diagnostics``, before anything is done, where one of them has no way down.
    func down(_ count: Int) async throws -> MigrationResult {
        let migrations = try engine.migrations(in: folder)
        return try await withSession { session in
            try await takeLock(session)
            let plan = Plan(migrations, try await session.readLedger())
            let items = Array(plan.undoable.prefix(count))
            let problems = items.compactMap(problem)
            guard problems.isEmpty else { throw Diagnostics(problems, exitStatus: .dataError) }
            var result = MigrationResult(server.service.name, folder.name)
            guard !items.isEmpty else { return result }
            try await session.prepareLedger()
            for item in items {
                guard let migration = item.migration else { continue }
                let new = LedgerEntry(.rollback, item.entry?.name ?? item.name, checksum: migration.checksum)
                result.done.append(try await run(session, migration, .down, item.rollback ?? new))
            }
            return result
        }
    }

    private func withSession(
        _ body: @Sendable (Engine.Session) async throws -> MigrationResult
    ) async throws -> MigrationResult {
        try await engine.withMigrationSession(in: folder.name, on: server, purpose: options.purpose, report, body)
    }

    /// Why a migration can't be taken back.
    private func problem(_ item: Plan.Item) -> Diagnostic? {
        let position = item.migration?.position ?? folder.value.position
        guard let migration = item.migration else {
            return Diagnostic(
                .missingMigration,
                "`\(item.name)` can't be taken back: its file is not in `\(folder.value.written)`",
                at: position,
                hint: "get the file back, such as from another branch"
            )
        }
        guard item.entry?.isComplete == true else {
            let message = "`\(item.name)` is half done and can't be taken back"
            return Diagnostic(.halfDone, message, at: position, hint: "`nexenv migrate up` goes on with it")
        }
        guard let down = migration.down else {
            return Diagnostic(
                .noWayDown,
                "`\(item.name)` has no way down",
                at: position,
                hint: "write one, or take its work back with a new migration"
            )
        }
        guard let rollback = item.rollback, !down.starts(as: rollback) else { return nil }
        return Diagnostic(
            .changedMigration,
            "the way down of `\(item.name)` was changed in what had run already: \(rollback.statementsDone) statements",
            at: position,
            hint: "put the old text of these statements back; what comes behind them may change"
        )
    }

    private func run(
        _ session: Engine.Session,
        _ migration: Migration<Engine.Statement>,
        _ direction: MigrationDirection,
        _ entry: LedgerEntry
    ) async throws -> MigrationResult.Done {
        let start = ContinuousClock.now
        let count = migration.script(direction).count
        report(.running(migration.name, direction, done: entry.statementsDone, of: count))
        do {
            try await session.run(migration, direction, from: entry)
        } catch let error as Diagnostics {
            let kept = await kept(session, entry, of: count)
            throw kept.map { error.adding(hint: $0) } ?? error
        }
        let seconds = (ContinuousClock.now - start).seconds
        report(.done(migration.name, direction, seconds: seconds))
        return MigrationResult.Done(name: migration.name, direction: direction, seconds: seconds)
    }

    /// What is kept of a migration that failed, for people; nothing where that can't be told.
    private func kept(_ session: Engine.Session, _ entry: LedgerEntry, of count: Int) async -> String? {
        guard let ledger = try? await session.readLedger() else { return nil }
        guard let now = ledger.first(where: { $0.kind == entry.kind && $0.name == entry.name }) else {
            return "nothing of `\(entry.name)` was kept"
        }
        guard now.statementsDone > 0 else { return nil }
        return "\(now.statementsDone) of \(count) statements are done and stay: mend the rest and run it again"
    }

    /// Waits until nobody else migrates the database.
    private func takeLock(_ session: Engine.Session) async throws {
        do {
            try await Turn.take(within: options.lockTimeout, onWait: { report(.waiting($0)) }, session.tryLock)
        } catch var error as NexEnvError {
            error.service = server.service.name
            error.database = folder.name
            throw error
        }
    }
}

/// How migrating was asked.
package struct MigrationOptions: Sendable {
    /// How long to wait for somebody else.
    package var lockTimeout = Duration.seconds(30)

    /// Whether a migration may run that is older than one that is applied.
    package var allowsOutOfOrder = false

    /// What it is that runs, for others who wait.
    package var purpose: String

    package init(purpose: String) {
        self.purpose = purpose
    }
}

/// What was done in one database.
package struct MigrationResult: Sendable {
    /// One migration that went one way.
    package struct Done: Sendable {
        package var name: String
        package var direction: MigrationDirection
        package var seconds: Double
    }

    package var service: String
    package var database: String
    package var done: [Done] = []

    init(_ service: String, _ database: String) {
        self.service = service
        self.database = database
    }
}

extension MigratableEngine {
    /// Applies what isn't applied of a database's migrations.
    package func migrateUp(
        _ folder: Named<ResourcePath>,
        on server: RunningServer,
        _ options: MigrationOptions,
        _ report: @escaping @Sendable (MigrationEvent) -> Void
    ) async throws -> MigrationResult {
        try await MigrationRun(engine: self, folder: folder, server: server, options: options, report: report).up()
    }

    /// Takes the last migrations of a database back.
    package func migrateDown(
        _ count: Int,
        _ folder: Named<ResourcePath>,
        on server: RunningServer,
        _ options: MigrationOptions,
        _ report: @escaping @Sendable (MigrationEvent) -> Void
    ) async throws -> MigrationResult {
        try await MigrationRun(engine: self, folder: folder, server: server, options: options, report: report)
            .down(count)
    }
}
