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
        if target.database == nil, let name = databases.first(where: { $0.value == 0 })?.name {
            return SeedProblem(message: "database 0 has a name", hint: "`\(target.service).\(name)`")
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
        guard set.runsTriggers else { return SeedProblem(message: "Redis has no triggers", hint: "leave it out") }
        return set.source?.isSQL == true ? SeedProblem(message: "Redis runs no SQL", hint: nil) : nil
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
                    var done = outcomes.filter { $0.changes > 0 }.map { "`\($0.set)`" }
                    if keys.outcome.changes > 0 { done.append("keys of `\(load.name)`") }
                    let what = done.isEmpty ? "nothing was written" : "\(done.joined(separator: ", ")) written"
                    throw error.adding(hint: "\(what) in \(load.set.target.written)")
                }
            }
            if !options.isPlan { try await RedisSeedLedger.write(sets, outcomes, connection) }
            for outcome in outcomes { options.report(.finished(outcome)) }
            return outcomes
        }
    }

    /// Notes the state once more where there are several logical databases: each write changes it for all of them.
    package func settle(_ databases: [SeedSettledDatabase], on server: RunningServer) async throws {
        let noted = databases.filter { $0.loads.contains { !$0.isDone } }
        guard databases.count > 1, !noted.isEmpty else { return }
        let now = try await seeding(databases[0].name, on: server) { try await RedisSeedLedger.counters($0) }
        guard let now else { return }
        // What was skipped stays as it was where nothing but the notes of this run was written.
        let isStill = now.text(writes: -noted.count) == databases[0].loads.first?.state.version
        let all = isStill ? databases : noted
        for database in all {
            let sets = database.loads.filter { isStill || !$0.isDone }.map { load in
                (
                    load,
                    database.outcomes.first { $0.set == load.name }.map { $0.inserted + $0.updated + $0.unchanged } ?? 0
                )
            }
            let version = now.text(writes: all.count)
            try await seeding(database.name, on: server) { try await RedisSeedLedger.write(sets, version: version, $0) }
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
