import Foundation

/// Makes the template of a database, once for all processes that ask for it.
struct LeasePreparation: Sendable {
    let folder: String
    let stack: @Sendable () throws -> Stack

    /// How many templates that no test has asked for since files were changed are kept: most changes are changed back, or more
    /// migrations.
    private static let unusedAtMost = 16

    /// Returns a session that has a source for a request.
    func prepare(_ request: LeaseRequest) async throws -> LeaseSession {
        try PrivateFile.makeFolder(folder)
        let lock = try await Self.lock(folder)
        defer { withExtendedLifetime(lock) {} }
        let session = LeaseSession.read(folder)
        // Somebody else was faster.
        if let session, let source = session.sources[request.key], source.isAlive { return session }
        let stack = try stack()
        let (source, watched, isNew) = try await make(request, stack)
        // What was made from other files, or for servers that are gone, is forgotten.
        var next = session ?? LeaseSession()
        next.sources = next.sources.filter(\.value.isAlive)
        let known = Set(next.watched.map(\.path))
        let files = Set(watched).union(stack.environment.sources).subtracting(known)
        next.watched += files.sorted().map(LeaseSession.Watched.init)
        next.sources[request.key] = source
        try next.write(folder)
        // Templates are made again in less time than a full disk takes to explain.
        if isNew { _ = try? await LeaseSweep(stack, folder: folder).run(keeping: Self.unusedAtMost) }
        return next
    }

    /// Takes what only one process at a time may have: the right to make and remove templates.
    static func lock(_ folder: String) async throws -> FileLock {
        let path = folder + "/build.lock"
        while true {
            if let lock = try FileLock.tryLock(path, note: "pid \(RunningUser.pid)") { return lock }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func make(_ request: LeaseRequest, _ stack: Stack) async throws -> (LeaseSource, [String], isNew: Bool) {
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
        let sets = try request.seeds.sets(book, environment) { $0.set.target.place == place }
        var digest = LeaseDigest(stack, book, key: secrets.digestKey)
        var source = try await engine.leaseSource(
            of: place.database,
            digest: try digest.digest(of: place, sets),
            on: server
        )
        source.process = await stack.runtime(observed.runtime).process(of: observed)
        let pool = folder + "/" + source.digest
        try PrivateFile.makeFolder(pool)
        let chain = try digest.chain(of: place)
        // What is only init files is made as fast as it is copied.
        if let base = chain.last, chain.count > 1, base != source.digest { source.bases = [base] }
        let isNew = try await !engine.hasTemplate(source, folder: pool, on: server)
        if isNew {
            let builder = LeaseTemplateBuilder(folder: folder, engine: engine, server: server, stack: stack)
            try await builder.build(source, sets, chain)
        }
        let seedFiles = environment.seeds.map(\.path)
        return (source, digest.watched + seedFiles, isNew)
    }
}
