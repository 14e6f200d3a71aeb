/// Where a PostgreSQL server is, and how to log in to it.
public struct PostgresConfiguration: Sendable {
    /// Whether a connection is encrypted.
    public enum TLSMode: String, Sendable {
        /// No encryption.
        case disable
        /// Encryption where the server offers it, without looking at its certificate.
        case prefer
        /// Encryption, without looking at the certificate.
        case require
        /// Encryption, with a certificate that a known authority signed for this host.
        case verifyFull = "verify-full"
    }

    /// A host name, an address, or the directory of a Unix socket, which begins with a slash.
    public var host: String
    /// The TCP port, or the number in the name of the Unix socket.
    public var port: Int
    /// The role to log in as.
    public var user: String
    /// The password; without one, libpq looks in `PGPASSWORD` and in the user's password file.
    public var password: String?
    /// The database to connect to.
    public var database: String
    /// What the connection is called in `pg_stat_activity`.
    public var applicationName = "nexenv"
    /// How long connecting may take in all, name look-up and log-in included.
    public var connectTimeout = Duration.seconds(10)
    /// How long the server may stay silent during one call before it fails with ``PostgresError/Code-swift.struct/timedOut``.
    ///
    /// To bound a statement however much it says meanwhile, set `statement_timeout` in ``serverSettings``.
    public var silenceTimeout = Duration.seconds(600)
    /// Server settings for this connection, such as `["statement_timeout": "5s", "TimeZone": "UTC"]`.
    ///
    /// They travel with the log-in, at no further round trip.
    public var serverSettings: [String: String] = [:]
    /// Whether to encrypt; `nil` means not on loopback and Unix sockets, and where the server offers it elsewhere.
    public var tls: TLSMode?
    /// Receives the server's notices and warnings, on the connection's executor.
    ///
    /// Must not block for long: the statement waits for it.
    public var onNotice: (@Sendable (PostgresNotice) -> Void)?

    /// Creates a configuration for a database on a server.
    public init(
        host: String = "127.0.0.1",
        port: Int = 5432,
        user: String,
        password: String? = nil,
        database: String
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.database = database
    }

    var effectiveTLS: TLSMode {
        let isLocal = host.hasPrefix("/") || host == "localhost" || host == "::1" || host.hasPrefix("127.")
        return tls ?? (isLocal ? .disable : .prefer)
    }
}

extension PostgresConfiguration: CustomStringConvertible {
    /// User, place and database, without the password.
    public var description: String {
        "\(user)@\(host):\(port)/\(database)"
    }
}

extension PostgresConfiguration: CustomReflectable {
    /// Shows what ``description`` shows, so that `dump` and a failed expectation keep the password to themselves too.
    public var customMirror: Mirror {
        Mirror(self, children: ["description": description])
    }
}
