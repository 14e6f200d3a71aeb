import ClientTransport

extension MongoConfiguration {
    /// Creates a configuration from a URL, `mongodb://user:password@host:port/database?name=value`.
    ///
    /// One host, without TLS. Understood are `authSource` (else the database in the path, else `admin`), `directConnection`
    /// (true unless the URL says otherwise), `appName`, `connectTimeoutMS`, `socketTimeoutMS` and `serverSelectionTimeoutMS`;
    /// `replicaSet`, `retryWrites` and `w` are accepted and left to the server's defaults.
    ///
    /// - Throws: ``MongoError`` with `.invalidConfiguration`; the error repeats nothing of the URL but an option's name.
    public init(url: String) throws(MongoError) {
        let parts: ConnectionURL
        do {
            parts = try ConnectionURL(url)
        } catch {
            throw MongoError(.invalidConfiguration, "The MongoDB URL can't be read: \(error.reason).")
        }
        guard parts.scheme == "mongodb" else {
            throw MongoError(
                .invalidConfiguration,
                "A MongoDB URL begins with mongodb://; mongodb+srv isn't supported."
            )
        }
        self.init(
            host: parts.host.isEmpty ? "127.0.0.1" : parts.host,
            port: parts.port ?? 27017,
            user: parts.user,
            password: parts.password
        )
        if !parts.path.isEmpty { authSource = parts.path }
        for item in parts.query {
            try apply(item.name, item.value)
        }
    }

    private mutating func apply(_ name: String, _ value: String) throws(MongoError) {
        switch name.lowercased() {
        case "authsource": authSource = value
        case "appname": appName = value
        case "directconnection":
            directConnection = try Self.parse(name, value == "true" ? true : value == "false" ? false : nil)
        case "connecttimeoutms": connectTimeout = try Self.milliseconds(name, value)
        case "sockettimeoutms": socketTimeout = try Self.milliseconds(name, value)
        case "serverselectiontimeoutms": serverSelectionTimeout = try Self.milliseconds(name, value)
        case "replicaset", "retrywrites", "w": break
        default: throw MongoError(.invalidConfiguration, "The option \(name) of the MongoDB URL isn't supported.")
        }
    }

    private static func milliseconds(_ name: String, _ value: String) throws(MongoError) -> Duration {
        .milliseconds(try parse(name, Int(value).flatMap { $0 > 0 ? $0 : nil }))
    }

    private static func parse<Value>(_ name: String, _ value: Value?) throws(MongoError) -> Value {
        guard let value else {
            throw MongoError(
                .invalidConfiguration,
                "The option \(name) of the MongoDB URL has a value that it can't have."
            )
        }
        return value
    }
}
