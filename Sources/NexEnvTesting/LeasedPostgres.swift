import NexEnv
public import PostgresClient
import Synchronization

/// A PostgreSQL database that a test has for itself.
public struct LeasedPostgres: Sendable {
    private let leased: any LeasedCopy
    private let lease: Lease

    init(_ leased: any LeasedCopy, _ lease: Lease) {
        self.leased = leased
        self.lease = lease
    }

    /// The address, password included, for any client; with ``Isolation/transaction`` it sees nothing of the test's changes.
    public var url: String { leased.address.url }

    /// How this package's own client logs in.
    public var configuration: PostgresConfiguration {
        PostgresConfiguration(leased.address)
    }

    /// The connection of a test whose changes are rolled back.
    private var shared: PostgresConnection? { (leased as? LeasedTransaction)?.connection }

    /// Logs in; the connection is closed with the lease, if nobody does it before.
    ///
    /// With ``Isolation/transaction`` it is the same one each time.
    public func connect() async throws -> PostgresConnection {
        if let shared { return shared }
        try lease.checkIsHeld()
        let configuration = configuration
        let connection = try await open { try await .connect(to: configuration) }
        try await lease.adopt(connection)
        return connection
    }

    private func open(_ logIn: () async throws -> PostgresConnection) async throws -> PostgresConnection {
        do {
            return try await logIn()
        } catch let error as PostgresError where error.code == .tooManyConnections {
            throw LeaseError(
                "\(leased.place): \(error.message)",
                hint: "a test may have \(try LeaseBudget.connectionsPerSlot) connections to it: close some, or raise "
                    + "NEXENV_TEST_CONNECTIONS, or the server's max_connections"
            )
        }
    }

    /// Runs one statement, by a connection that all of them share; with ``Isolation/transaction`` by the only one.
    ///
    /// - Parameters:
    ///   - sql: The statement, with `$1` and so on for parameters.
    ///   - parameters: Their values.
    @discardableResult
    public func query(_ sql: String, _ parameters: [PostgresValue] = []) async throws -> PostgresRows {
        if let shared { return try await shared.query(sql, parameters) }
        return try await withSession { try await $0.query(sql, parameters) }
    }

    /// Runs a closure with the session that single statements share.
    func withSession<Value: Sendable>(_ run: (SharedSession) async throws -> Value) async throws -> Value {
        try await lease.withShared(url) {
            SharedSession(try await open { try await PostgresSessions.ofProcess.open(leased) }, to: leased)
        } run: {
            try await run($0)
        }
    }
}

/// The session by which a test's single statements run, and the next test's where nothing of this one is left in it.
final class SharedSession: ClosableConnection {
    private let connection: PostgresConnection
    private let copy: any LeasedCopy
    private let mayStay = Mutex(true)

    init(_ connection: PostgresConnection, to copy: any LeasedCopy) {
        self.connection = connection
        self.copy = copy
    }

    func query(_ sql: String, _ parameters: [PostgresValue] = []) async throws(PostgresError) -> PostgresRows {
        if !PostgresSessions.leavesNothing(sql) { mayStay.withLock { $0 = false } }
        return try await connection.query(sql, parameters)
    }

    func leave() async {
        guard mayStay.withLock({ $0 }) else { return await end() }
        await PostgresSessions.ofProcess.keep(connection, to: copy)
    }

    func end() async { await connection.end() }

    func isLost(_ error: any Error) -> Bool { connection.isLost(error) }
}

extension PostgresConnection: ClosableConnection {
    /// Closes it, and waits until what it has counted is there for whoever looks what the test has written.
    func end() async { closeAndWait() }

    nonisolated func isLost(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return [.connectionLost, .closed, .timedOut, .cancelled].contains(error.code)
    }
}
