import PostgresClient

/// Migrations in SQL.
extension Postgres: MigratableEngine {
    package static let migrationFormat = SQLMigration.format

    package var migrationFolders: [Named<ResourcePath>] {
        databases.compactMap { database in
            database.value.migrations.map { Named(name: database.name, position: $0.position, value: $0) }
        }
    }

    package func withMigrationSession<Value: Sendable>(
        in database: String,
        on server: RunningServer,
        purpose: String,
        _ report: @escaping @Sendable (MigrationEvent) -> Void,
        _ body: @Sendable (PostgresMigrationSession) async throws -> Value
    ) async throws -> Value {
        let login = migrationLogin(server, database, purpose, report)
        let owner = databases.first { $0.name == database }?.value.owner
        do {
            return try await PostgresConnection.withConnection(to: login) { connection in
                try await body(
                    PostgresMigrationSession(connection: connection, owner: owner, isStandIn: isStandIn, report: report)
                )
            }
        } catch let error as PostgresError {
            throw error.thrown(by: server, database)
        }
    }

    package func withScratchSession<Value: Sendable>(
        like database: String,
        on server: RunningServer,
        _ report: @escaping @Sendable (MigrationEvent) -> Void,
        _ body: @Sendable (PostgresMigrationSession) async throws -> Value
    ) async throws -> Value {
        try await PostgresScratchDatabase.with(configuration(server)) { name in
            let standIn = try standIn(for: database, name, on: server)
            _ = try await standIn.provision(server, ProvisionProgress { _ in })
            return try await standIn.withMigrationSession(
                in: name,
                on: server,
                purpose: "nexenv migrate verify",
                report,
                body
            )
        }
    }

    /// Returns an engine that declares nothing but a database like another one.
    func standIn(for database: String, _ name: String, on server: RunningServer) throws -> Postgres {
        guard let model = databases.first(where: { $0.name == database }) else {
            throw unknownDatabase(database, on: server)
        }
        var standIn = self
        standIn.isStandIn = true
        standIn.databases = [Named(name: name, position: model.position, value: model.value)]
        return standIn
    }

    private func migrationLogin(
        _ server: RunningServer,
        _ database: String,
        _ purpose: String,
        _ report: @escaping @Sendable (MigrationEvent) -> Void
    ) -> PostgresConfiguration {
        var login = scriptConfiguration(server, database: database) { report(.notice($0.message)) }
        // Whoever waits for us is shown this.
        login.applicationName = "\(purpose) (\(RunningUser.description), pid \(RunningUser.pid))"
        return login
    }
}

/// A log-in of the superuser to one database, by which its migrations are run.
package struct PostgresMigrationSession: MigrationSession {
    let connection: PostgresConnection

    /// The role that runs the migrations; nothing for the superuser.
    let owner: String?

    /// Whether what acts on the server as a whole is left out.
    let isStandIn: Bool
    let report: @Sendable (MigrationEvent) -> Void

    package func readLedger() async throws -> [LedgerEntry] { try await PostgresLedger.read(connection).entries }

    package func readHistory() async throws -> [HistoryEntry] { try await PostgresLedger.history(connection) }

    package func tryLock() async throws -> LockHolder? { try await PostgresTurn.tryTake(connection) }

    package func prepareLedger() async throws { try await PostgresLedger.prepare(connection) }

    package func run(
        _ migration: Migration<SQLStatement>,
        _ direction: MigrationDirection,
        from entry: LedgerEntry
    ) async throws {
        var script = migration.script(direction)
        if isStandIn {
            for index in script.steps.indices {
                script.steps[index].statements.removeAll { $0.isServerWide }
            }
        }
        let start = ContinuousClock.now
        var runner = PostgresScriptRunner(connection: connection, owner: owner) { entry, session in
            switch direction {
            case .up: try PostgresLedger.write(entry, on: session)
            case .down:
                try PostgresLedger.remove(.rollback, entry.name, on: session)
                try PostgresLedger.remove(migration.kind, entry.name, on: session)
            }
            try PostgresLedger.add(HistoryEntry(entry, direction, since: start), on: session)
        }
        let count = script.count
        runner.onProgress = { report(.running(migration.name, direction, done: $0, of: count)) }
        try await runner.run(script, from: entry)
    }

    package func restamp(_ entry: LedgerEntry, name: String, checksum: String) async throws {
        try await connection.query(
            "UPDATE nexenv.ledger SET name = $3, checksum = $4 WHERE kind = $1 AND name = $2",
            [
                PostgresValue(entry.kind.rawValue), PostgresValue(entry.name), PostgresValue(name),
                PostgresValue(checksum),
            ]
        )
    }

    package func fingerprint() async throws -> SchemaFingerprint { try await PostgresFingerprint.read(connection) }

    package func leftOut(of script: Script<SQLStatement>) -> [SQLStatement] {
        isStandIn ? script.statements.filter { $0.isServerWide } : []
    }
}
