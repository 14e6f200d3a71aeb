import PostgresClient

/// A set that is a file of SQL statements, run whole in the transaction of its database.
struct PostgresSeedScript {
    private let load: SeedLoad
    private let session: PostgresSession

    init(_ load: SeedLoad, _ session: PostgresSession) {
        self.load = load
        self.session = session
    }

    /// Runs the statements.
    ///
    /// - Throws: ``Diagnostics`` with the place of the statement that failed.
    func run() throws -> SeedOutcome {
        let start = ContinuousClock.now
        var outcome = SeedOutcome(set: load.name, target: load.set.target.written)
        guard let path = load.set.source?.sql else { return outcome }
        for statement in try SQLSplitter.split(SourceFile.read(path.path)) {
            switch statement.kind {
            case .blockBoundary: continue
            case .rollback, .standalone:
                throw Diagnostics(
                    [
                        Diagnostic(
                            .sql,
                            "this statement can't run in the transaction that a seed is",
                            at: statement.position,
                            hint: "a migration or an init file can have it"
                        )
                    ],
                    exitStatus: .dataError
                )
            default: outcome.inserted += try run(statement)
            }
        }
        outcome.seconds = (ContinuousClock.now - start).seconds
        try PostgresSeedLedger.note(load, rows: outcome.inserted, on: session)
        return outcome
    }

    /// Runs a statement and returns how many rows it wrote.
    private func run(_ statement: SQLStatement) throws -> Int {
        let result = try PostgresScriptRunner.run(statement, on: session)
        return ["COPY", "INSERT", "UPDATE", "DELETE", "MERGE"].contains { result.tag.hasPrefix($0) }
            ? result.affectedRows : 0
    }
}
