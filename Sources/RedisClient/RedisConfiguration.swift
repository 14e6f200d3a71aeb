/// Where a Redis server is, and how to log in to it.
public struct RedisConfiguration: Sendable {
    /// A host name or an address.
    public var host: String
    /// The TCP port.
    public var port: Int
    /// The user of an access control list; without one, the password is the server's own.
    public var username: String?
    /// The password; without one, nobody logs in.
    public var password: String?
    /// The number of the logical database.
    public var database: Int
    /// How long connecting may take in all, name look-up and log-in included.
    public var connectTimeout = Duration.seconds(10)
    /// How long the server may stay silent during one call before it fails with ``RedisError/Code-swift.struct/timedOut``.
    public var silenceTimeout = Duration.seconds(60)

    /// Creates a configuration for a logical database on a server.
    public init(
        host: String = "127.0.0.1",
        port: Int = 6379,
        username: String? = nil,
        password: String? = nil,
        database: Int = 0
    ) {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.database = database
    }
}

extension RedisConfiguration: CustomStringConvertible {
    /// Place and database, without the password.
    public var description: String {
        "\(host):\(port)/\(database)"
    }
}

extension RedisConfiguration: CustomReflectable {
    /// Shows what ``description`` shows, so that `dump` and a failed expectation keep the password to themselves too.
    public var customMirror: Mirror {
        Mirror(self, children: ["description": description])
    }
}
