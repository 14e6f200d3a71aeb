import NexEnv
import PostgresClient
import Synchronization

#if MongoDB
import MongoClient
#endif
#if Redis
import RedisClient
#endif

/// Databases that one test has for itself, until ``release()``.
///
/// ```swift
/// let lease = try await Lease.take(.postgres("auth"), .redis("sessions"))
/// let rows = try await lease.postgres("auth").query("SELECT count(*) FROM plans")
/// ```
/// Within a test that has the trait `.leases(…)`, it is ``current``.
public final class Lease: Sendable {
    @TaskLocal static var ofTask: Lease?

    private struct State {
        var isReleased = false
        var connections: [any ClosableConnection] = []
        /// Those by which single statements run, by the addresses of their databases.
        var shared: [String: any ClosableConnection] = [:]
        /// How many such statements run, or wait for their turn.
        var running = 0
    }

    private let databases: [(request: DatabaseRequest, copy: any LeasedCopy)]
    private let holder: String
    /// The databases of an outer scope, which aren't this one's to release.
    private let outer: Lease?
    private let state = Mutex(State())

    private init(_ databases: [(DatabaseRequest, any LeasedCopy)], holder: String, outer: Lease?) {
        self.databases = databases
        self.holder = holder
        self.outer = outer
    }

    /// The databases of the test that runs.
    ///
    /// - Throws: ``LeaseError`` outside of a test with the trait `.leases(…)`.
    public static var current: Lease {
        get throws {
            guard let lease = ofTask else {
                throw LeaseError("no databases are leased here", hint: "`@Test(.leases(.postgres(\"…\")))` leases some")
            }
            return lease
        }
    }

    /// Leases databases, all or none of them.
    ///
    /// - Parameters:
    ///   - requests: Which; one that is asked for twice is leased once.
    ///   - environment: The environment that has them: a name under `environments/` or the path of a file. Found as by every
    ///     nexenv command where nothing is said: `NEXENV_ENVIRONMENT`, or the nearest `nexenv.yaml`.
    ///   - holder: Who has them, for whoever looks: the test's name.
    /// - Throws: ``LeaseError``.
    public static func take(
        _ requests: DatabaseRequest...,
        from environment: String? = nil,
        holder: String = "a test"
    ) async throws -> Lease {
        try await take(requests, from: environment, holder: holder, outer: nil)
    }

    static func take(
        _ requests: [DatabaseRequest],
        from environment: String?,
        holder: String,
        outer: Lease?
    ) async throws -> Lease {
        var wanted: [DatabaseRequest] = []
        for request in requests where !wanted.contains(request) && outer?.has(request) != true {
            wanted.append(request)
        }
        do {
            _ = try KeepChoice.ofProcess
            let copies = try await LeaseCounter.of(environment).take(wanted, holder: holder)
            return Lease(Array(zip(wanted, copies)), holder: holder, outer: outer)
        } catch {
            throw LeaseError(error)
        }
    }

    private func has(_ request: DatabaseRequest) -> Bool {
        databases.contains { $0.request == request } || outer?.has(request) == true
    }

    /// Gives the databases back; whoever leases them next finds them as they were.
    ///
    /// - Throws: ``LeaseError`` that names what the test has left open in them.
    public func release() async throws { try await end(hasFailed: false) }

    /// Gives the databases back, or leaves them as they are where a test has failed and somebody wants to look.
    func end(hasFailed: Bool) async throws {
        let ended = state.withLock { state -> State? in
            guard !state.isReleased else { return nil }
            state.isReleased = true
            return state
        }
        guard let ended else { return }
        for connection in ended.connections { await connection.end() }
        for connection in ended.shared.values {
            // A task that outlives its test must not write by what the next test has.
            if ended.running == 0 { await connection.leave() } else { await connection.end() }
        }
        var leaks: [String] = []
        var failure: (any Error)?
        let isKept = try hasFailed && KeepChoice.ofProcess == .failed
        for (_, copy) in databases {
            do {
                if isKept {
                    KeepChoice.say(copy.place, try await copy.keep(), holder)
                } else {
                    leaks += try await copy.giveBack().map { "\(copy.place): \($0)" }
                }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw LeaseError(failure) }
        guard leaks.isEmpty else {
            throw LeaseError(
                "the test has left behind: \(leaks.joined(separator: "; "))",
                hint: "close it before the test ends"
            )
        }
    }

    // MARK: - Databases

    /// A leased PostgreSQL or TimescaleDB database.
    ///
    /// - Parameter database: Its name; the only one of the lease where nothing is said.
    /// - Throws: ``LeaseError`` when the lease has none such.
    public func postgres(_ database: String? = nil) throws -> LeasedPostgres {
        LeasedPostgres(try leased(["postgres", "timescaledb"], database), self)
    }

    #if MongoDB
    /// A leased MongoDB database.
    public func mongodb(_ database: String? = nil) throws -> LeasedMongo {
        LeasedMongo(try leased(["mongodb"], database), self)
    }
    #endif

    #if Redis
    /// A leased logical database of Redis.
    public func redis(_ database: String? = nil) throws -> LeasedRedis {
        LeasedRedis(try leased(["redis"], database), self)
    }
    #endif

    private func leased(_ engines: [String], _ database: String?) throws -> any LeasedCopy {
        let all = databases.filter {
            engines.contains($0.request.engine) && (database == nil || database == $0.request.database)
        }
        if all.count == 1 { return all[0].copy }
        if let outer, all.isEmpty { return try outer.leased(engines, database) }
        let what = database.map { "\(engines[0]) database `\($0)`" } ?? "\(engines[0]) database"
        throw LeaseError(
            all.isEmpty ? "no \(what) is leased here" : "more than one \(what) is leased here",
            hint: all.isEmpty ? nil : "name the one that is meant"
        )
    }

    /// Refuses to log in to databases that are somebody else's by now.
    func checkIsHeld() throws { try state.withLock { try checkIsHeld($0) } }

    private func checkIsHeld(_ state: State) throws {
        guard state.isReleased else { return }
        throw LeaseError("the lease has been released", hint: "its databases may be another test's already")
    }

    /// Has a connection closed when the lease ends; at once where it has ended meanwhile.
    func adopt(_ connection: any ClosableConnection) async throws {
        do {
            try state.withLock { state in
                try checkIsHeld(state)
                state.connections.append(connection)
            }
        } catch {
            await connection.end()
            throw error
        }
    }

    /// Runs a single statement by the connection that all such statements of a database share: the first one logs in.
    ///
    /// - Parameters:
    ///   - url: The database's address.
    ///   - open: Logs in.
    func withShared<Connection: ClosableConnection, Value: Sendable>(
        _ url: String,
        open: () async throws -> Connection,
        run: (Connection) async throws -> Value
    ) async throws -> Value {
        try state.withLock { state in
            try checkIsHeld(state)
            state.running += 1
        }
        defer { state.withLock { $0.running -= 1 } }
        let connection = try await shared(url, open)
        do {
            return try await run(connection)
        } catch {
            // One that the server has closed is of no use to the next statement.
            if connection.isLost(error) {
                state.withLock { state in
                    guard state.shared[url] === connection else { return }
                    state.shared[url] = nil
                    state.connections.append(connection)
                }
            }
            throw error
        }
    }

    private func shared<Connection: ClosableConnection>(
        _ url: String,
        _ open: () async throws -> Connection
    ) async throws -> Connection {
        if let known = state.withLock({ $0.shared[url] as? Connection }) { return known }
        let new = try await open()
        do {
            let first = try state.withLock { state -> Connection? in
                try checkIsHeld(state)
                if let first = state.shared[url] as? Connection { return first }
                state.shared[url] = new
                return nil
            }
            // Another statement was faster: all go on with its connection.
            guard let first else { return new }
            await new.end()
            return first
        } catch {
            await new.end()
            throw error
        }
    }
}

/// A connection that a lease closes at its end.
protocol ClosableConnection: AnyObject, Sendable {
    func end() async

    /// Leaves it to the next test, or closes it; nobody sends anything by it.
    func leave() async

    /// Whether an error says that there is no connection any more.
    func isLost(_ error: any Error) -> Bool
}

extension ClosableConnection {
    func leave() async { await end() }
}

extension DatabaseRequest {
    var leaseRequest: LeaseRequest {
        LeaseRequest(engine: engine, service: service, database: database, seeds: seeds.choice)
    }
}
