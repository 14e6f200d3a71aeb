import ClientTransport

extension PostgresConfiguration {
    /// Creates a configuration from a URL, `postgresql://user:password@host:port/database?name=value`.
    ///
    /// Understood as in libpq's connection URIs: `sslmode`, `application_name`, `connect_timeout` (seconds) and `host` (a
    /// Unix socket's directory). Every other name becomes one of ``serverSettings``. Without a database, it is the user's name.
    ///
    /// - Throws: ``PostgresError`` with `.invalidConfiguration`; the error repeats nothing of the URL.
    public init(url: String) throws(PostgresError) {
        let parts: ConnectionURL
        do {
            parts = try ConnectionURL(url)
        } catch {
            throw .invalidConfiguration("The PostgreSQL URL can't be read: \(error.reason).")
        }
        guard parts.scheme == "postgresql" || parts.scheme == "postgres" else {
            throw .invalidConfiguration("A PostgreSQL URL begins with postgresql://.")
        }
        guard let user = parts.user else {
            throw .invalidConfiguration("The PostgreSQL URL names no user.")
        }
        self.init(
            host: parts.host.isEmpty ? "127.0.0.1" : parts.host,
            port: parts.port ?? 5432,
            user: user,
            password: parts.password,
            database: parts.path.isEmpty ? user : parts.path
        )
        for item in parts.query {
            try apply(item.name, item.value)
        }
    }

    private mutating func apply(_ name: String, _ value: String) throws(PostgresError) {
        switch name {
        case "host":
            host = value
        case "application_name":
            applicationName = value
        case "connect_timeout":
            guard let seconds = Int(value), seconds > 0 else {
                throw .invalidConfiguration("connect_timeout in the PostgreSQL URL isn't a number of seconds.")
            }
            connectTimeout = .seconds(seconds)
        case "sslmode":
            guard let mode = TLSMode(rawValue: value) else {
                throw .invalidConfiguration(
                    "sslmode in the PostgreSQL URL is none of disable, prefer, require and verify-full."
                )
            }
            tls = mode
        default:
            serverSettings[name] = value
        }
    }
}
