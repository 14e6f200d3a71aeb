import NexEnv
public import PostgresClient
import Synchronization

/// A PostgreSQL database that a test has for itself.
public struct LeasedPostgres: Sendable {
    private let leased: LeasedDatabase
    private let lease: Lease

    init(_ leased: LeasedDatabase, _ lease: Lease) {
        self.leased = leased
        self.lease = lease
    }

    /// The address, password included, for any client.
    public var url: String { leased.address.url }

    /// How this package's own client logs in.
    public var configuration: PostgresConfiguration {
        PostgresConfiguration(
            host: leased.address.endpoint.host,
            port: leased.address.endpoint.port,
            user: leased.address.user ?? "",
            password: leased.address.password,
            database: leased.address.database ?? ""
        )
    }

    /// Logs in; the connection is closed with the lease, if nobody does it before.
    public func connect() async throws -> PostgresConnection {
        let connection = try await PostgresConnection.connect(to: configuration)
        lease.adopt(connection)
        return connection
    }

    /// Runs one statement, by a connection of its own.
    ///
    /// - Parameters:
    ///   - sql: The statement, with `$1` and so on for parameters.
    ///   - parameters: Their values.
    @discardableResult
    public func query(_ sql: String, _ parameters: [PostgresValue] = []) async throws -> PostgresRows {
        try await PostgresConnection.withConnection(to: configuration) { try await $0.query(sql, parameters) }
    }
}

extension PostgresConnection: ClosableConnection {
    func end() async { close() }
}
