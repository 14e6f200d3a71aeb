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
        lease.adopt(connection)
        return connection
    }

    private func open(_ logIn: () async throws -> PostgresConnection) async throws -> PostgresConnection {
        do {
            return try await logIn()
        } catch let error as PostgresError where error.code == .tooManyConnections {
            throw LeaseError(
                "the test wants more connections to \(leased.place) than the \(try LeaseBudget.connectionsPerSlot) that it may have",
                hint: "close some, or raise NEXENV_TEST_CONNECTIONS; the server allows fewer copies then"
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

    /// Runs a closure with the connection that single statements share.
    func withSession<Value: Sendable>(_ run: (PostgresConnection) async throws -> Value) async throws -> Value {
        let leased = leased
        return try await lease.withShared(url) {
            try await open { try await PostgresSessions.ofProcess.open(leased) }
        } leave: {
            await PostgresSessions.ofProcess.keep($0, to: leased)
        } run: {
            try await run($0)
        }
    }
}

extension PostgresConnection: ClosableConnection {
    /// Closes it, and waits until what it has counted is there for whoever looks what the test has written.
    func end() async { closeAndWait() }

    nonisolated func isLost(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return [.connectionLost, .closed, .timedOut, .cancelled].contains(error.code)
    }
}
