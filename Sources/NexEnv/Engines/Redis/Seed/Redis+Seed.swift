#if Redis
import RedisClient

/// Keys are written by pipelines; a key that is as it should be is not written.
extension Redis: SeedableEngine {
    package func problem(with set: SeedSet) -> SeedProblem? {
        let target = set.target
        if let database = target.database, !databaseNames.contains(database) {
            let hint = Suggestion.hint(for: database, among: databaseNames, noun: "databases")
            return SeedProblem(message: "`\(target.service)` has no database `\(database)`", hint: hint)
        }
        guard target.path.isEmpty else {
            return SeedProblem(message: "Redis has no tables: `\(target.written)`", hint: "`service.database`")
        }
        switch set.mode {
        case .replace:
            let hint = "`sync` removes the keys that this set has added"
            return SeedProblem(message: "a set can't replace all keys of a Redis database", hint: hint)
        case .append:
            return SeedProblem(message: "a key can't be there twice", hint: "`ensure` adds what is missing")
        default: break
        }
        guard set.key.isEmpty || set.key == ["key"] else {
            return SeedProblem(message: "rows of Redis are found again by their `key`", hint: "leave `key` out")
        }
        return set.source?.sql == nil ? nil : SeedProblem(message: "Redis runs no SQL", hint: nil)
    }

    package func examine(
        _ targets: [SeedTarget],
        of database: String?,
        on server: RunningServer
    ) async throws -> [SeedTarget: SeedTargetState] {
        try await seeding(database, on: server) { connection in
            var state = SeedTargetState(key: ["key"])
            state.version = try await RedisSeedLedger.version(connection)
            state.loaded = try await RedisSeedLedger.read(connection)
            let settled = state
            return Dictionary(targets.map { ($0, settled) }) { first, _ in first }
        }
    }

    package func load(
        _ sets: [SeedLoad],
        into database: String?,
        on server: RunningServer,
        _ options: SeedOptions
    ) async throws -> [SeedOutcome] {
        try await seeding(database, on: server) { connection in
            var outcomes: [SeedOutcome] = []
            for load in sets {
                var keys = RedisSeedKeys(load, options, connection)
                do {
                    outcomes.append(try await keys.fill())
                } catch let error as Diagnostics {
                    let done = outcomes.filter { $0.changes > 0 }.map { "`\($0.set)`" }
                    let what = done.isEmpty ? "nothing was written" : "\(done.joined(separator: ", ")) written"
                    throw error.adding(hint: "\(what) in \(load.set.target.written)")
                }
            }
            if !options.isPlan { try await RedisSeedLedger.write(sets, outcomes, connection) }
            for outcome in outcomes { options.report(.finished(outcome)) }
            return outcomes
        }
    }

    private func seeding<Value: Sendable>(
        _ database: String?,
        on server: RunningServer,
        _ body: (RedisConnection) async throws -> sending Value
    ) async throws -> Value {
        let number = databases.first { $0.name == database }?.value ?? 0
        do {
            return try await RedisConnection.withConnection(to: configuration(server, database: number), body)
        } catch let error as RedisError {
            throw NexEnvError(
                .sqlFailed,
                error.message,
                service: server.service.name,
                database: database,
                hint: error.code == .connectionLost ? "run it again: it goes on where it was" : nil,
                underlying: error
            )
        }
    }
}
#endif
