import PostgresClient

/// Loads sets into one database, all in one transaction.
struct PostgresSeedLoader: Sendable {
    /// The database, as the user names it: `postgres.auth`.
    let place: String
    let options: SeedOptions
    /// Where a second session goes.
    let configuration: PostgresConfiguration

    /// Times and dates without a zone mean the same wherever the server stands; a load takes as long as it takes.
    static let settings = ["statement_timeout = 0", "TimeZone = 'UTC'", "DateStyle = 'ISO, MDY'"]

    /// What makes the comparison of many rows fast: hash tables in memory, every processor, nothing compiled first.
    private static let speed = [
        "work_mem = '128MB'", "jit = off", "parallel_setup_cost = 0", "parallel_tuple_cost = 0",
    ]

    /// Ends the transaction of a run that only shows what would change.
    private struct PlanEnds: Error {
        let outcomes: [SeedOutcome]
    }

    func load(_ sets: [SeedLoad], _ connection: PostgresConnection) async throws -> [SeedOutcome] {
        try await PostgresTurn.take(connection, timeout: options.lockTimeout) { reason in
            options.report(.waiting(database: place, reason: reason))
        }
        try await connection.execute(PostgresSeedLedger.definition)
        do {
            let outcomes = try await loadAll(sets, connection)
            // What is written so far is kept, whatever happens now: without a version the next run only has more to compare.
            _ = try? await connection.execute(PostgresSeedHelper.cleanUp)
            if !options.isPlan {
                try? await PostgresSeedLedger.noteVersions(of: sets.filter { !$0.isScript }, connection)
            }
            return outcomes
        } catch {
            _ = try? await connection.execute(PostgresSeedHelper.cleanUp)
            throw error
        }
    }

    private func loadAll(_ sets: [SeedLoad], _ connection: PostgresConnection) async throws -> [SeedOutcome] {
        do {
            let outcomes = try await connection.transaction { session in
                let outcomes = try load(sets, session)
                if options.isPlan { throw PlanEnds(outcomes: outcomes) }
                return outcomes
            }
            for outcome in outcomes { options.report(.finished(outcome)) }
            return outcomes
        } catch let plan as PlanEnds {
            return plan.outcomes
        } catch let error as Diagnostics {
            throw options.isPlan ? error : error.adding(hint: "nothing was written in \(place)")
        }
    }

    private func load(_ sets: [SeedLoad], _ session: PostgresSession) throws -> [SeedOutcome] {
        let settings = (Self.settings + Self.speed).map { "SET LOCAL \($0)" }.joined(separator: "; ")
        _ = try session.execute("SET CONSTRAINTS ALL DEFERRED; \(settings)")
        let helper = PostgresSeedHelper(configuration)
        var tables = try sets.enumerated().filter { !$1.isScript }.map { number, load in
            try PostgresSeedTable(load, number: number, session, helper, options)
        }
        let triggers = try PostgresSeedTriggers(tables, session)
        try triggers.disable()
        // What goes makes room for what comes, so that a unique value may move from one row to another.
        for index in tables.indices.reversed()
        where tables[index].load.set.mode.removesRows && tables[index].load.query == nil {
            try tables[index].removeRows()
        }
        var outcomes: [String: SeedOutcome] = [:]
        for load in sets {
            if let index = tables.firstIndex(where: { $0.load.name == load.name }) {
                try tables[index].fill()
            } else {
                outcomes[load.name] = try PostgresSeedScript(load, session).run()
            }
        }
        for index in tables.indices.reversed() { try tables[index].removeRest() }
        do {
            _ = try session.execute("SET CONSTRAINTS ALL IMMEDIATE")
        } catch {
            let load = sets.first { $0.set.target.name == error.table } ?? sets[0]
            throw PostgresSeedErrors.diagnostics(error, of: load, at: nil)
        }
        try triggers.enable()
        for index in tables.indices {
            try tables[index].finish()
            outcomes[tables[index].load.name] = tables[index].outcome
        }
        return sets.compactMap { outcomes[$0.name] }
    }
}
