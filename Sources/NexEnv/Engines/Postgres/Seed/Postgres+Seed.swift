import PostgresClient

/// Tables are filled in one transaction for each database.
extension Postgres: SeedableEngine {
    package func problem(with set: SeedSet) -> SeedProblem? {
        let target = set.target
        guard let database = target.database, databaseNames.contains(database) else {
            return SeedProblem(
                message: "`\(target.service)` has no database `\(target.database ?? "")`",
                hint: Suggestion.hint(for: target.database ?? "", among: databaseNames, noun: "databases")
            )
        }
        let isScript = set.source?.sql != nil
        guard isScript || 1...2 ~= target.path.count else {
            return SeedProblem(message: "`\(target.written)` names no table", hint: "`service.database.table`")
        }
        return nil
    }

    package func examine(
        _ targets: [SeedTarget],
        of database: String?,
        on server: RunningServer
    ) async throws -> [SeedTarget: SeedTargetState] {
        try await seeding(database, on: server) { try await PostgresSeedCatalog.read(targets, $0) }
    }

    package func load(
        _ sets: [SeedLoad],
        into database: String?,
        on server: RunningServer,
        _ options: SeedOptions
    ) async throws -> [SeedOutcome] {
        let place = [server.service.name, database].compactMap { $0 }.joined(separator: ".")
        let login = configuration(server, database: database ?? Self.maintenanceDatabase)
        let loader = PostgresSeedLoader(place: place, options: options, configuration: login)
        return try await seeding(database, on: server) { try await loader.load(sets, $0) }
    }

    /// Runs a body with a connection; what the server says about no row in particular becomes an error of the database.
    private func seeding<Value: Sendable>(
        _ database: String?,
        on server: RunningServer,
        _ body: (PostgresConnection) async throws -> sending Value
    ) async throws -> Value {
        let login = configuration(server, database: database ?? Self.maintenanceDatabase)
        do {
            return try await PostgresConnection.withConnection(to: login, body)
        } catch let error as PostgresError {
            let isLost = error.code == .connectionLost
            throw NexEnvError(
                .sqlFailed,
                isLost ? "the connection was lost: \(error.message)" : error.message,
                service: server.service.name,
                database: database,
                hint: isLost ? "nothing was written; run it again" : error.hint,
                underlying: error
            )
        }
    }
}
