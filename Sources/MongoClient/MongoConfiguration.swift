/// Where a MongoDB server is, and how to log in to it.
public struct MongoConfiguration: Sendable {
    /// A host name or an address.
    public var host: String
    /// The TCP port.
    public var port: Int
    /// The user; without one, nobody logs in.
    public var user: String?
    /// The user's password.
    public var password: String?
    /// The database that holds the user.
    public var authSource = "admin"
    /// Whether to talk to exactly this server, also where it belongs to a replica set.
    public var directConnection = true
    /// What the connection is called in the server's logs and in `currentOp`.
    public var appName = "nexenv"
    /// How long connecting may take in all, name look-up and log-in included.
    public var connectTimeout = Duration.seconds(10)
    /// How long the server may stay silent during one call before it fails with ``MongoError/Code-swift.struct/timedOut``.
    public var socketTimeout = Duration.seconds(600)
    /// How long to look for a server that can take a call.
    public var serverSelectionTimeout = Duration.seconds(10)

    /// Creates a configuration for a server.
    public init(host: String = "127.0.0.1", port: Int = 27017, user: String? = nil, password: String? = nil) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
    }
}

extension MongoConfiguration: CustomStringConvertible {
    /// User and place, without the password.
    public var description: String {
        "\(user.map { "\($0)@" } ?? "")\(host):\(port)"
    }
}

extension MongoConfiguration: CustomReflectable {
    /// Shows what ``description`` shows, so that `dump` and a failed expectation keep the password to themselves too.
    public var customMirror: Mirror {
        Mirror(self, children: ["description": description])
    }
}
