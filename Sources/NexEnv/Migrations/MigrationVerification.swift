/// What came of trying every migration of a database up, down and up again.
package struct MigrationVerification: Sendable {
    /// What came of one migration.
    package struct Finding: Sendable {
        package var name: String

        /// Whether it has a way down; one that has none was gone up only.
        package var hasDown: Bool

        /// What its way down leaves behind, takes too much of, or doesn't put back as it was.
        package var leftBehind: [SchemaFingerprint.Difference] = []

        /// What is different the second time that it goes up; of what is repeatable, the second time that it runs.
        package var differsAgain: [SchemaFingerprint.Difference] = []

        /// The statements that act on the server as a whole, and weren't run: their first words.
        package var leftOut: [String] = []

        /// What one of its ways failed with, after which nothing more was tried.
        package var failure: Failure?

        package var isGood: Bool { leftBehind.isEmpty && differsAgain.isEmpty && failure == nil }
    }

    /// A way that failed.
    package struct Failure: Sendable {
        package enum Way: String, Sendable {
            case up
            case down
            case upAgain = "up-again"
        }

        package var way: Way
        package var diagnostics: Diagnostics
    }

    package var service: String
    package var database: String
    package var findings: [Finding] = []

    /// How many migrations weren't tried, since one before them failed.
    package var untried = 0

    package var isGood: Bool { findings.allSatisfy(\.isGood) }
}

extension MigratableEngine {
    /// Tries every migration of a folder on a database of its own: up, down and up again must come to the same.
    ///
    /// - Throws: ``Diagnostics`` for files that can't be read; a statement that fails is a finding.
    package func verifyMigrations(
        _ folder: Named<ResourcePath>,
        on server: RunningServer,
        _ report: @escaping @Sendable (MigrationEvent) -> Void
    ) async throws -> MigrationVerification {
        let migrations = try migrations(in: folder).migrations.filter { !$0.up.isEmpty }
        return try await withScratchSession(like: folder.name, on: server, report) { session in
            var verification = MigrationVerification(service: server.service.name, database: folder.name)
            // Nobody else is there; but where this run is killed, the lock tells the next one what to end.
            _ = try await session.tryLock()
            try await session.prepareLedger()
            var before = try await session.fingerprint()
            for (index, migration) in migrations.enumerated() {
                report(.running(migration.name, .up, done: 0, of: migration.up.count))
                let finding = try await verify(migration, &before, session)
                verification.findings.append(finding)
                if finding.failure != nil {
                    verification.untried = migrations.count - index - 1
                    break
                }
            }
            return verification
        }
    }

    /// Tries one migration.
    ///
    /// - Parameter state: What the database is before it, and then after it.
    private func verify(
        _ migration: Migration<Statement>,
        _ state: inout SchemaFingerprint,
        _ session: Session
    ) async throws -> MigrationVerification.Finding {
        var finding = MigrationVerification.Finding(name: migration.name, hasDown: migration.down != nil)
        finding.leftOut = MigrationDirection.allCases.flatMap { direction in
            session.leftOut(of: migration.script(direction)).map(\.summary)
        }
        var way = MigrationVerification.Failure.Way.up
        do {
            let before = state
            state = try await go(.up, migration, session)
            // What is repeatable has to stand being run again; anything else has to go back first.
            guard migration.isRepeatable || migration.down != nil else { return finding }
            if !migration.isRepeatable {
                way = .down
                finding.leftBehind = before.differences(to: try await go(.down, migration, session))
            }
            way = .upAgain
            let up = state
            state = try await go(.up, migration, session)
            finding.differsAgain = up.differences(to: state)
        } catch let error as Diagnostics {
            guard error.exitStatus == .dataError else { throw error }
            finding.failure = MigrationVerification.Failure(way: way, diagnostics: error)
        }
        return finding
    }

    private func go(
        _ direction: MigrationDirection,
        _ migration: Migration<Statement>,
        _ session: Session
    ) async throws -> SchemaFingerprint {
        let kind = direction == .up ? migration.kind : .rollback
        try await session.run(
            migration,
            direction,
            from: LedgerEntry(kind, migration.name, checksum: migration.checksum)
        )
        return try await session.fingerprint()
    }
}
