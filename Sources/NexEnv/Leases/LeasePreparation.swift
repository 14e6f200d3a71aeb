import Foundation

/// Makes the template of a database, once for all processes that ask for it.
struct LeasePreparation: Sendable {
    let folder: String
    let stack: @Sendable () throws -> Stack

    /// Returns a session that has a source for a request.
    func prepare(_ request: LeaseRequest) async throws -> LeaseSession {
        try PrivateFile.makeFolder(folder)
        let lock = try await takeLock()
        defer { withExtendedLifetime(lock) {} }
        let session = LeaseSession.read(folder)
        // Somebody else was faster.
        if let session, let source = session.sources[request.key], source.isAlive { return session }
        let stack = try stack()
        let (source, watched) = try await make(request, stack)
        // What was made from other files, or for servers that are gone, is forgotten.
        var next = session ?? LeaseSession()
        next.sources = next.sources.filter(\.value.isAlive)
        let known = Set(next.watched.map(\.path))
        let files = Set(watched).union(stack.environment.sources).subtracting(known)
        next.watched += files.sorted().map(LeaseSession.Watched.init)
        next.sources[request.key] = source
        try next.write(folder)
        return next
    }

    private func takeLock() async throws -> FileLock {
        let path = folder + "/build.lock"
        while true {
            if let lock = try FileLock.tryLock(path, note: "pid \(RunningUser.pid)") { return lock }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func make(_ request: LeaseRequest, _ stack: Stack) async throws -> (LeaseSource, [String]) {
        let environment = stack.environment
        let service = try request.service(in: environment)
        let place = DatabasePlace(service: service.name, database: request.database)
        guard let engine = service.engine as? any LeasableEngine else {
            throw NexEnvError(.notFound, "tests can't get copies of it", service: service.name)
        }
        let secrets = try SecretStore(stack.project)
        let observation = try await stack.observe()
        guard let observed = observation[service.name], observed.state == .running,
            let server = stack.running(service, observed, secrets)
        else {
            throw NexEnvError(
                .notRunning,
                "it isn't running",
                service: service.name,
                hint: "`nexenv up` starts it, or `nexenv test -- …` for as long as the tests run"
            )
        }
        let book = try SeedBook.load(environment)
        let sets = try sets(request.seeds, of: place, book, environment)
        var digest = LeaseDigest(stack, book, key: secrets.digestKey)
        var source = try await engine.leaseSource(
            of: place.database,
            digest: try digest.digest(of: place, sets),
            on: server
        )
        source.process = await stack.runtime(observed.runtime).process(of: observed)
        let pool = folder + "/" + source.digest
        try PrivateFile.makeFolder(pool)
        if try await !engine.hasTemplate(source, folder: pool, on: server) {
            try await build(source, pool, engine, sets, server, stack)
        }
        let seedFiles = environment.seeds.map(\.path)
        return (source, digest.watched + seedFiles)
    }

    private func build(
        _ source: LeaseSource,
        _ pool: String,
        _ engine: any LeasableEngine,
        _ sets: [SeedBook.Entry],
        _ server: RunningServer,
        _ stack: Stack
    ) async throws {
        let replacement = try await engine.replacement(for: source.place.database, on: server)
        do {
            _ = try await replacement.build(on: server, purpose: "nexenv test") { _ in }
            if !sets.isEmpty {
                var request = SeedRun.Request()
                request.sets = sets.map(\.name)
                request.replacements = [source.place: replacement]
                _ = try await SeedRun(stack, request, onEvent: { _ in }).seed()
            }
            try await engine.seal(replacement, as: source, folder: pool, on: server)
            await replacement.discard()
        } catch {
            await replacement.discard()
            throw error
        }
    }

    /// The sets that go into the database, and that are asked for.
    private func sets(
        _ seeds: LeaseRequest.Seeds,
        of place: DatabasePlace,
        _ book: SeedBook,
        _ environment: Environment
    ) throws -> [SeedBook.Entry] {
        let all = book.entries.filter { $0.set.target.place == place && $0.isFor(environment.appliedMode) }
        switch seeds {
        case .all: return all
        case .none: return []
        case .sets(let names):
            for name in names where book[name] == nil {
                let hint = Suggestion.hint(for: name, among: book.names, noun: "sets")
                throw NexEnvError(.notFound, "there is no set `\(name)`", hint: hint)
            }
            return all.filter { names.contains($0.name) }
        }
    }
}
