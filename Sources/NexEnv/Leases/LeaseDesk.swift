import Foundation
import MongoClient
import Synchronization

/// Hands copies of an environment's databases to the tests of this process.
///
/// It shares the copies with every other process by locked files alone, so that it may be killed at any time.
package final class LeaseDesk: Sendable {
    /// How the desk finds its environment.
    package struct Options: Sendable {
        /// A name under `environments/`, or a file; found as by every command when it says nothing.
        package var environment: String?
        /// Where the search starts.
        package var directory = FileManager.default.currentDirectoryPath
        /// How long a test waits for a copy.
        package var timeout = Duration.seconds(120)

        package init() {}
    }

    private struct State {
        var home: LeaseHome?
        var session: LeaseSession?
        var keepers: [String: any SlotKeeper] = [:]
        var queues: [String: LeaseQueue] = [:]
    }

    private let options: Options
    private let variables: [String: String]
    private let state = Mutex(State())

    package init(_ options: Options = Options(), variables: [String: String] = ProcessInfo.processInfo.environment) {
        self.options = options
        self.variables = variables
    }

    /// Leases databases, all or none of them.
    ///
    /// - Parameters:
    ///   - requests: Which; none of them twice.
    ///   - holder: Who has them, for those who look: a test's name.
    /// - Returns: The databases, in the order of the requests.
    /// - Throws: ``NexEnvError``, ``Diagnostics`` for what is wrong with the environment's files.
    package func lease(_ requests: [LeaseRequest], holder: String) async throws -> [LeasedDatabase] {
        var leased: [LeaseRequest: LeasedDatabase] = [:]
        do {
            // Always in the same order, so that two tests never wait for each other.
            for request in requests.sorted(by: { $0.key < $1.key }) {
                let start = ContinuousClock.now
                let source = try await source(for: request)
                var database = try await take(source, holder)
                database.seconds = (ContinuousClock.now - start).seconds
                leased[request] = database
            }
            return requests.compactMap { leased[$0] }
        } catch {
            for database in leased.values { try? database.giveBackUnused() }
            throw error
        }
    }

    /// Starts a server for one test alone, with all that the environment declares of it.
    ///
    /// - Throws: ``NexEnvError``, ``Diagnostics`` for what is wrong with the environment's files.
    package func startServer(for request: LeaseRequest) async throws -> PrivateServer {
        try await PrivateServer.start(for: request, LeaseHomeSearch(options, variables: variables).declaredStack())
    }

    // MARK: - Sources

    private func source(for request: LeaseRequest) async throws -> LeaseSource {
        let home = try await home()
        if let known = state.withLock({ $0.session?.sources[request.key] }), known.isAlive { return known }
        if let session = LeaseSession.read(home.folder), let source = session.sources[request.key], source.isAlive {
            state.withLock { $0.session = session }
            return source
        }
        let session = try await LeasePreparation(folder: home.folder, stack: home.stack).prepare(request)
        state.withLock { $0.session = session }
        guard let source = session.sources[request.key] else {
            throw NexEnvError(.bug, "a source was made and is gone")
        }
        return source
    }

    /// Finds out where this process's copies are, once.
    private func home() async throws -> LeaseHome {
        if let home = state.withLock({ $0.home }) { return home }
        let search = LeaseHomeSearch(options, variables: variables)
        let home = try await search.find()
        // Tests are killed now and then.
        MongoLibrary.forgetCounters()
        return state.withLock { state in
            // Another test may have been faster; it has the same one.
            if let known = state.home { return known }
            state.home = home
            state.session = home.session
            return home
        }
    }

    // MARK: - Slots

    private func take(_ source: LeaseSource, _ holder: String) async throws -> LeasedDatabase {
        let queue = state.withLock { state in
            if let known = state.queues[source.digest] { return known }
            let queue = LeaseQueue(places: source.slots)
            state.queues[source.digest] = queue
            return queue
        }
        let place = await queue.take()
        return try await take(source, holder, place)
    }

    private func take(_ source: LeaseSource, _ holder: String, _ place: LeaseQueue.Place) async throws -> LeasedDatabase
    {
        let folder = try await home().folder + "/" + source.digest
        let keeper = try keeper(of: source, folder)
        let start = ContinuousClock.now
        let numbers = (place.preferred.map { [$0] } ?? []) + (0..<source.slots).filter { $0 != place.preferred }
        while true {
            var other: (slot: SlotFile, state: SlotState?)?
            for number in numbers {
                guard let slot = try SlotFile.tryTake(number, in: folder) else { continue }
                switch slot.read() {
                case .clean(let state) where state.run == source.run:
                    return try LeasedDatabase(source, slot, state, keeper, holder, folder, place)
                case .clean(let state), .used(let state, _): if other == nil { other = (slot, state) }
                case .none: if other == nil { other = (slot, nil) }
                case .kept: continue
                }
            }
            // None is clean: one that isn't there yet, or that a test that was killed has left as it was.
            if let (slot, known) = other {
                let state =
                    if let known { try await keeper.clean(slot.number, known).state } else {
                        try await keeper.make(slot.number)
                    }
                return try LeasedDatabase(source, slot, state, keeper, holder, folder, place)
            }
            guard ContinuousClock.now - start < options.timeout else {
                throw NexEnvError(
                    .timedOut,
                    "all \(source.slots) copies of \(source.place) have been in use for \(options.timeout.text)",
                    service: source.place.service,
                    database: source.place.database,
                    hint: "fewer tests at once, or more copies: NEXENV_TEST_SLOTS, and the server's connections; "
                        + "`nexenv test status` shows who has them"
                )
            }
            try await Task.sleep(for: .microseconds(Int.random(in: 500...3_000)))
        }
    }

    private func keeper(of source: LeaseSource, _ folder: String) throws -> any SlotKeeper {
        if let known = state.withLock({ $0.keepers[source.digest] }) { return known }
        guard let engine = EngineRegistry.leasable(named: source.engine) else {
            throw NexEnvError(.bug, "there is no engine `\(source.engine)`")
        }
        let keeper = try engine.keeper(of: source, folder: folder)
        state.withLock { $0.keepers[source.digest] = keeper }
        return keeper
    }
}
