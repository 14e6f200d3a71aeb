#if Redis
import NexEnv
public import RedisClient

/// A logical Redis database that a test has for itself.
///
/// Only keys are its own: what Redis has once for all databases, such as scripts and channels, is shared.
public struct LeasedRedis: Sendable {
    private let leased: any LeasedCopy
    private let lease: Lease

    init(_ leased: any LeasedCopy, _ lease: Lease) {
        self.leased = leased
        self.lease = lease
    }

    /// The address, password and number included, for any client.
    public var url: String { leased.address.url }

    /// How this package's own client logs in.
    public var configuration: RedisConfiguration {
        get throws { try RedisConfiguration(url: url) }
    }

    /// Logs in; the connection is closed with the lease, if nobody does it before.
    public func connect() async throws -> RedisConnection {
        try lease.checkIsHeld()
        let connection = try await RedisConnection.connect(to: configuration)
        try await lease.adopt(connection)
        return connection
    }

    /// Sends one command, by a connection that all of them share.
    @discardableResult
    public func send(_ command: [RedisArgument]) async throws -> RedisReply {
        let configuration = try configuration
        return try await lease.withShared(url) {
            try await RedisConnection.connect(to: configuration)
        } run: {
            try await $0.send(command)
        }
    }
}

extension RedisConnection: ClosableConnection {
    func end() async { close() }

    nonisolated func isLost(_ error: any Error) -> Bool {
        (error as? RedisError).map { [.connectionLost, .closed, .timedOut, .cancelled].contains($0.code) } ?? false
    }
}
#endif
