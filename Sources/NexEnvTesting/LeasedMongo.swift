#if MongoDB
public import MongoClient
import NexEnv

/// A MongoDB database that a test has for itself.
public struct LeasedMongo: Sendable {
    private let leased: any LeasedCopy
    private let lease: Lease

    init(_ leased: any LeasedCopy, _ lease: Lease) {
        self.leased = leased
        self.lease = lease
    }

    /// The address, password included, for any client.
    public var url: String { leased.address.url }

    /// The database's name on the server.
    public var name: String { leased.address.database ?? "" }

    /// How this package's own client logs in.
    public var configuration: MongoConfiguration {
        get throws { try MongoConfiguration(url: url) }
    }

    /// Logs in; the connection is closed with the lease, if nobody does it before.
    public func connect() async throws -> MongoConnection {
        try lease.checkIsHeld()
        let connection = try await MongoConnection.connect(to: configuration)
        try await lease.adopt(connection)
        return connection
    }

    /// Runs one command, by a connection that all of them share.
    @discardableResult
    public func run(_ command: BSONDocument) async throws -> BSONDocument {
        let (name, configuration) = (name, try configuration)
        return try await lease.withShared(url) {
            try await MongoConnection.connect(to: configuration)
        } run: {
            try await $0.run(command, in: name)
        }
    }
}

extension MongoConnection: ClosableConnection {
    func end() async { close() }

    /// It connects anew by itself, unless somebody has closed it.
    nonisolated func isLost(_ error: any Error) -> Bool { (error as? MongoError)?.code == .closed }
}
#endif
