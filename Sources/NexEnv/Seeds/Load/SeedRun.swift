/// Fills the databases of an environment with its sets.
package struct SeedRun: Sendable {
    package struct Request: Sendable {
        /// The sets; all that the mode gets when none is named.
        package var sets: [String] = []
        /// Whether sets are compared row by row even if nobody has touched them since the last run.
        package var isFresh = false
        /// Whether nothing is kept: to see what would change.
        package var isPlan = false

        /// Whether sets are left out whose service isn't running, instead of being an error.
        package var leavesOutUnavailable = false

        /// Databases beside the ones in use, which get the sets in their stead; where there are any, nothing else is loaded.
        var replacements: [DatabasePlace: any DatabaseReplacement] = [:]

        package init() {}
    }

    /// What a run came to.
    package struct Report: Sendable {
        /// The sets, in the order in which they were loaded.
        package var outcomes: [SeedOutcome]
        /// The sets that the mode doesn't get.
        package var notForMode: [String]
        package var seconds: Double
    }

    let stack: Stack
    let request: Request
    let onEvent: @Sendable (SeedEvent) -> Void

    package init(_ stack: Stack, _ request: Request, onEvent: @escaping @Sendable (SeedEvent) -> Void) {
        self.stack = stack
        self.request = request
        self.onEvent = onEvent
    }

    /// Loads the sets.
    ///
    /// - Throws: ``Diagnostics`` for what is wrong with files and rows, ``NexEnvError`` for what is wrong with servers.
    package func run() async throws -> Report {
        try await stack.project.withLock(
            "nexenv seed",
            onWait: { onEvent(.waiting(database: "seed", reason: "waiting for \($0)")) }
        ) {
            try await seed()
        }
    }

    /// Loads the sets; the project's lock is held.
    func seed() async throws -> Report {
        let start = ContinuousClock.now
        let book = try SeedBook.load(stack.environment)
        let mode = stack.environment.appliedMode
        let wanted = try wantedSets(book)
        let entries = wanted.filter { $0.isFor(mode) }
        try refuseDestruction(entries)
        let secrets = try SecretStore(stack.project)
        var databases = try await examine(entries, book, secrets)
        let order = try SeedOrder.sorted(entries, firm: firmOrder(book, entries), soft: softOrder(entries, databases))
        let loads = try prepare(order, book, databases, secrets)
        for index in databases.indices {
            databases[index].loads = loads.filter { databases[index].holds($0.set.target) }
        }
        let outcomes = try await load(databases)
        let wantedSyncs = wantedSyncs(book)
        let synced = try await keepAlike(wantedSyncs.filter { $0.isFor(mode) }, secrets)
        let others = wanted.filter { !$0.isFor(mode) && !$0.set.isForOthers }.map(\.name)
        return Report(
            outcomes: order.compactMap { entry in outcomes.first { $0.set == entry.name } } + synced,
            notForMode: others + wantedSyncs.filter { !$0.isFor(mode) }.map(\.name),
            seconds: (ContinuousClock.now - start).seconds
        )
    }

    // MARK: - What is wanted

    private func wantedSets(_ book: SeedBook) throws -> [SeedBook.Entry] {
        for name in request.sets where !book.names.contains(name) {
            throw NexEnvError(
                .notFound,
                "there is no set `\(name)`",
                hint: Suggestion.hint(for: name, among: book.names, noun: "sets")
            )
        }
        return book.entries.filter { entry in
            guard request.sets.isEmpty || request.sets.contains(entry.name) else { return false }
            return request.replacements.isEmpty || request.replacements[entry.set.target.place] != nil
        }
    }

    private func refuseDestruction(_ entries: [SeedBook.Entry]) throws {
        guard stack.environment.isProtected, !request.isPlan else { return }
        guard let entry = entries.first(where: { $0.set.mode.removesRows }) else { return }
        throw NexEnvError(
            .refused,
            "the set `\(entry.name)` removes rows (mode \(entry.set.mode.rawValue)), and this environment is protected",
            hint: "`--set NAME` loads others; `nexenv seed --plan` shows what would change"
        )
    }

    private func firmOrder(_ book: SeedBook, _ entries: [SeedBook.Entry]) -> [String: [String]] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.name, book.references(of: $0) + $0.set.after) })
    }

    private func softOrder(_ entries: [SeedBook.Entry], _ databases: [SeedDatabase]) -> [String: [String]] {
        var before: [String: [String]] = [:]
        for entry in entries {
            let needs = databases.lazy.compactMap { $0.states[entry.set.target] }.first?.needs ?? []
            before[entry.name] = entries.filter { needs.contains($0.set.target) }.map(\.name)
        }
        return before
    }

    // MARK: - Databases

    /// A database, and what is to be done in it.
    private struct SeedDatabase: Sendable {
        var place: DatabasePlace
        /// Its name on the server: not the one in the file where it is a replacement.
        var name: String?
        var engine: any SeedableEngine
        var server: RunningServer
        var states: [SeedTarget: SeedTargetState] = [:]
        var loads: [SeedLoad] = []

        func holds(_ target: SeedTarget) -> Bool { target.place == place }
    }

    /// Finds the databases that sets go to, or refer to, and looks at what is in them.
    private func examine(
        _ entries: [SeedBook.Entry],
        _ book: SeedBook,
        _ secrets: SecretStore
    ) async throws -> [SeedDatabase] {
        let observation = try await stack.observe()
        let looked = book.withReferences(entries)
        var databases: [SeedDatabase] = []
        for entry in looked where !databases.contains(where: { $0.holds(entry.set.target) }) {
            let target = entry.set.target
            guard let engine = stack.environment[target.service]?.engine as? any SeedableEngine,
                let server = try server(of: target, observation, secrets)
            else { continue }
            let replacement = request.replacements[target.place]
            databases.append(
                SeedDatabase(
                    place: target.place,
                    name: replacement.map(\.name) ?? target.database,
                    engine: replacement?.engine ?? engine,
                    server: server
                )
            )
        }
        return try await databases.concurrentMap(limit: 4) { database in
            let mine = entries.filter { database.holds($0.set.target) }
            var database = database
            let targets = Array(Set(looked.map(\.set.target).filter(database.holds)))
            database.states = try await database.engine.examine(targets, of: database.name, on: database.server)
            for entry in mine where entry.set.source?.sql == nil && database.states[entry.set.target] == nil {
                throw Diagnostics(
                    [
                        Diagnostic(
                            .seed,
                            Self.absence(of: entry.set.target),
                            at: entry.position,
                            hint: "`nexenv up` applies init files and migrations"
                        )
                    ],
                    exitStatus: .dataError
                )
            }
            return database
        }
    }

    /// Returns the server that a target is on; nothing where the service isn't running and may be left out.
    func server(
        of target: SeedTarget,
        _ observation: Observation,
        _ secrets: SecretStore
    ) throws -> RunningServer? {
        guard let service = stack.environment[target.service] else { return nil }
        if let observed = observation[service.name], observed.state == .running,
            let server = stack.running(service, observed, secrets)
        {
            return server
        }
        if !service.options.isRequired || request.leavesOutUnavailable { return nil }
        throw NexEnvError(
            .notRunning,
            "it isn't running",
            service: service.name,
            hint: observation.problems.values.first?.message ?? "`nexenv up` starts it"
        )
    }

    private static func absence(of target: SeedTarget) -> String {
        let name = target.path.joined(separator: ".")
        return name.isEmpty ? "there is no `\(target.place)`" : "there is no `\(name)` in \(target.place)"
    }

    // MARK: - Rows

    /// Makes the rows of the sets that have to be looked at; the others are done.
    private func prepare(
        _ entries: [SeedBook.Entry],
        _ book: SeedBook,
        _ databases: [SeedDatabase],
        _ secrets: SecretStore
    ) throws -> [SeedLoad] {
        var fingerprint = SeedFingerprint(
            book,
            key: secrets.digestKey,
            SeedFileDigests(stack.project)
        )
        let states = databases.reduce(into: [:]) { all, database in all.merge(database.states) { first, _ in first } }
        let context = DecodingContext()
        let columns = book.entries.map { ($0.name, states[$0.set.target]?.columns ?? []) }
        let maker = SeedRowMaker(
            book,
            identities(of: book, states),
            columns: Dictionary(uniqueKeysWithValues: columns),
            context
        )
        var loads: [SeedLoad] = []
        for entry in entries where databases.contains(where: { $0.holds(entry.set.target) }) {
            let state = states[entry.set.target] ?? SeedTargetState()
            let digest = try fingerprint(entry, shape: state.shape)
            var load = SeedLoad(entry, state, fingerprint: digest)
            // Statements run when their file has changed: nobody can compare what they did.
            load.isDone = load.isUntouched && (!request.isFresh || load.isScript)
            if entry.set.source?.query != nil {
                // What it reads may have changed with the sets before it.
                load.isDone = load.isDone && !loads.contains { !$0.isDone && entry.set.after.contains($0.name) }
            }
            if !load.isDone, !load.isScript {
                load.rows = maker.rows(of: entry)
                load.check(context)
            }
            loads.append(load)
        }
        let problems = context.problems
        guard problems.isEmpty else { throw Diagnostics(problems.uniqued().inOrder(), exitStatus: .dataError) }
        return loads
    }

    /// What each set's identities are made as: what the column asks for, or the set.
    private func identities(of book: SeedBook, _ states: [SeedTarget: SeedTargetState]) -> SeedIdentities {
        var kinds: [SeedIdentities.Column: SeedIdentityKind] = [:]
        var ranges: [SeedIdentities.Column: SeedIdentities.Range] = [:]
        for entry in book.entries {
            for column in states[entry.set.target]?.columns ?? [] {
                let place = SeedIdentities.Column(set: entry.name, field: column.name)
                kinds[place] = column.identity
                ranges[place] = column.integerRange
            }
        }
        return SeedIdentities(
            project: stack.environment.name,
            kinds: kinds,
            integerRanges: ranges,
            ofSet: Dictionary(uniqueKeysWithValues: book.entries.map { ($0.name, $0.set.identities) })
        )
    }

    // MARK: - Loading

    private func load(_ databases: [SeedDatabase]) async throws -> [SeedOutcome] {
        var options = SeedOptions()
        options.isPlan = request.isPlan
        options.report = onEvent
        let settled = options
        let results = try await databases.concurrentMap(limit: 4) { database -> Result<[SeedOutcome], any Error> in
            do {
                let done = database.loads.filter(\.isDone).map(SeedOutcome.init(skipped:))
                let open = database.loads.filter { !$0.isDone }
                guard !open.isEmpty else { return .success(done) }
                let new = try await database.engine.load(open, into: database.name, on: database.server, settled)
                return .success(new + done)
            } catch {
                return .failure(error)
            }
        }
        if !request.isPlan { await settle(zip(databases, results).map { ($0, try? $1.get()) }) }
        let outcomes = results.flatMap { (try? $0.get()) ?? [] }
        for result in results {
            guard case .failure(let error) = result else { continue }
            throw request.isPlan ? error : Self.error(error, beside: outcomes)
        }
        return outcomes
    }

    /// Tells engines of the servers that are done.
    ///
    /// What they note saves work; without it the next run has more to compare.
    private func settle(_ databases: [(database: SeedDatabase, outcomes: [SeedOutcome]?)]) async {
        for all in Dictionary(grouping: databases, by: \.database.server.service.name).values {
            let settled = all.compactMap { database, outcomes in
                outcomes.map { SeedSettledDatabase(name: database.name, loads: database.loads, outcomes: $0) }
            }
            try? await all[0].database.engine.settle(settled, on: all[0].database.server)
        }
    }

    /// Adds what is written in other databases to an error: nothing takes that back.
    private static func error(_ error: any Error, beside outcomes: [SeedOutcome]) -> any Error {
        let written = outcomes.filter { $0.changes > 0 }.map { "`\($0.set)` (\($0.target))" }
        guard !written.isEmpty else { return error }
        let hint = "loaded are \(written.joined(separator: ", "))"
        switch error {
        case let diagnostics as Diagnostics: return diagnostics.adding(hint: hint)
        case var error as NexEnvError:
            error.hint = [error.hint, hint].compactMap { $0 }.joined(separator: "; ")
            return error
        default: return error
        }
    }
}
