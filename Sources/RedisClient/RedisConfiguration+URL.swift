import ClientTransport

extension RedisConfiguration {
    /// Creates a configuration from a URL, `redis://user:password@host:port/database`, where every part but the host may be absent.
    ///
    /// - Throws: ``RedisError`` with `.invalidConfiguration`; the error repeats nothing of the URL.
    public init(url: String) throws(RedisError) {
        let parts: ConnectionURL
        do {
            parts = try ConnectionURL(url)
        } catch {
            throw RedisError(.invalidConfiguration, "The Redis URL can't be read: \(error.reason).")
        }
        guard parts.scheme == "redis" else {
            throw RedisError(.invalidConfiguration, "A Redis URL begins with redis://; TLS isn't supported.")
        }
        guard parts.query.isEmpty else {
            throw RedisError(.invalidConfiguration, "A Redis URL has no part after a question mark.")
        }
        guard let database = parts.path.isEmpty ? 0 : Int(parts.path), database >= 0 else {
            throw RedisError(.invalidConfiguration, "The path of a Redis URL is the number of a database.")
        }
        self.init(
            host: parts.host.isEmpty ? "127.0.0.1" : parts.host,
            port: parts.port ?? 6379,
            username: parts.user,
            password: parts.password,
            database: database
        )
    }
}
