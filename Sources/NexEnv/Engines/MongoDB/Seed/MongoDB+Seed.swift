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
            var outcomes: [SeedOutcome] = []
            for load in sets {
                var collection = MongoSeedCollection(load, options, catalog)
                do {
                    let outcome = try await collection.fill()
                    options.report(.finished(outcome))
                    outcomes.append(outcome)
                } catch let error as Diagnostics {
                    let place = "\(server.service.name).\(database)"
                    throw error.adding(hint: Self.written(outcomes, collection.outcome, in: place))
                }
            }
            return outcomes
        }
    }

    /// What had been written when something went wrong: nothing takes it back here.
    private static func written(_ done: [SeedOutcome], _ last: SeedOutcome, in place: String) -> String {
        var parts = done.filter { $0.changes > 0 }.map { "`\($0.set)`" }
        if last.changes > 0 { parts.append("\(last.changes) documents of `\(last.set)`") }
        guard !parts.isEmpty else { return "nothing was written in \(place)" }
        return "\(parts.joined(separator: ", ")) written in \(place); running it again goes on"
    }

    private func seeding<Value: Sendable>(
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
