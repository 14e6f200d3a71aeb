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
    }

    private let databases: [(request: DatabaseRequest, leased: LeasedDatabase)]
    /// The databases of an outer scope, which aren't this one's to release.
    private let outer: Lease?
    private let state = Mutex(State())

    /// One for each environment.
    private static let desks = Mutex<[String: LeaseDesk]>([:])

    private static func desk(_ environment: String?) -> LeaseDesk {
        // A file that is named in another way is the same environment, and shares its stack.
        let environment = environment.map { name in
            name.contains("/") || name.hasSuffix(".yaml") ? realPath(name) ?? name : name
        }
        return desks.withLock { desks in
            if let known = desks[environment ?? ""] { return known }
            var options = LeaseDesk.Options()
            options.environment = environment
            let desk = LeaseDesk(options)
            desks[environment ?? ""] = desk
            return desk
        }
    }

    private init(_ databases: [(DatabaseRequest, LeasedDatabase)], outer: Lease?) {
        self.databases = databases
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
            let leased = try await desk(environment).lease(wanted.map(\.leaseRequest), holder: holder)
            return Lease(Array(zip(wanted, leased)), outer: outer)
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
    public func release() async throws {
        let connections = state.withLock { state -> [any ClosableConnection]? in
            guard !state.isReleased else { return nil }
            state.isReleased = true
            return state.connections
        }
        guard let connections else { return }
        for connection in connections { await connection.end() }
        var leaks: [String] = []
        var failure: (any Error)?
        for (_, leased) in databases {
            do {
                leaks += try await leased.giveBack().map { "\(leased.source.place): \($0)" }
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

    private func leased(_ engines: [String], _ database: String?) throws -> LeasedDatabase {
        let all = databases.filter {
            engines.contains($0.request.engine) && (database == nil || database == $0.request.database)
        }
        if all.count == 1 { return all[0].leased }
        if let outer, all.isEmpty { return try outer.leased(engines, database) }
        let what = database.map { "\(engines[0]) database `\($0)`" } ?? "\(engines[0]) database"
        throw LeaseError(
            all.isEmpty ? "no \(what) is leased here" : "more than one \(what) is leased here",
            hint: all.isEmpty ? nil : "name the one that is meant"
        )
    }

    /// Has a connection closed when the lease ends.
    func adopt(_ connection: any ClosableConnection) {
        state.withLock { $0.connections.append(connection) }
    }
}

/// A connection that a lease closes at its end.
protocol ClosableConnection: Sendable {
    func end() async
}

extension DatabaseRequest {
    var leaseRequest: LeaseRequest {
        LeaseRequest(engine: engine, service: service, database: database, seeds: seeds.choice)
    }
}
