#if MongoDB
import MongoClient

/// Collections are filled by unordered bulk writes; a document that is as it should be is not written.
extension MongoDB: SeedableEngine {
    package func problem(with set: SeedSet) -> SeedProblem? {
        let target = set.target
        guard let database = target.database, databaseNames.contains(database) else {
            return SeedProblem(
                message: "`\(target.service)` has no database `\(target.database ?? "")`",
                hint: Suggestion.hint(for: target.database ?? "", among: databaseNames, noun: "databases")
            )
        }
        guard !target.path.isEmpty else {
            return SeedProblem(
                message: "`\(target.written)` names no collection",
                hint: "`service.database.collection`"
            )
        }
        guard set.source?.isSQL != true else {
            return SeedProblem(message: "MongoDB runs no SQL", hint: "`jsonl`, `json`, `csv` or `yaml`")
        }
        guard set.runsTriggers else { return SeedProblem(message: "MongoDB has no triggers", hint: "leave it out") }
        return nil
    }

    package func examine(
        _ targets: [SeedTarget],
        of database: String?,
        on server: RunningServer
    ) async throws -> [SeedTarget: SeedTargetState] {
        try await seeding(database, on: server) { connection, database in
            try await MongoSeedCatalog(database: database, connection: connection).read(targets)
        }
    }

    package func load(
        _ sets: [SeedLoad],
        into database: String?,
        on server: RunningServer,
        _ options: SeedOptions
    ) async throws -> [SeedOutcome] {
        try await seeding(database, on: server) { connection, database in
            let catalog = MongoSeedCatalog(database: database, connection: connection)
            return try await sets.fillEach(in: "\(server.service.name).\(database)", options) {
                MongoSeedCollection($0, options, catalog)
            }
        }
    }

    /// Runs a body with a connection; what the server says becomes an error of the database.
    func seeding<Value: Sendable>(
        _ database: String?,
        on server: RunningServer,
        _ body: (MongoConnection, String) async throws -> sending Value
    ) async throws -> Value {
        let name = database ?? "admin"
        do {
            return try await MongoConnection.withConnection(to: configuration(server)) { connection in
                try await body(connection, name)
            }
        } catch let error as MongoError {
            let isLost = error.code == .connectionLost
            throw NexEnvError(
                .sqlFailed,
                isLost ? "the connection was lost" : error.message,
                service: server.service.name,
                database: database,
                hint: isLost ? "run it again: it goes on where it was" : nil,
                underlying: error
            )
        }
    }
}
#endif
