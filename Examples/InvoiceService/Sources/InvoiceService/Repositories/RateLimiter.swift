import RedisClient

/// Lets everybody do so much in a span of time, and not more; the counts are in Redis.
struct RateLimiter: Sendable {
    private let connection: RedisConnection
    private let limit: Int
    private let seconds: Int

    /// Creates a limiter: so many requests in so many seconds, for each user.
    init(_ connection: RedisConnection, limit: Int = 60, seconds: Int = 60) {
        self.connection = connection
        self.limit = limit
        self.seconds = seconds
    }

    /// Counts a request.
    ///
    /// - Returns: How many are left in this span.
    /// - Throws: ``InvoiceError`` with `.tooManyRequests`.
    @discardableResult
    func count(_ user: String) async throws -> Int {
        let key: RedisArgument = "requests:\(user)"
        // The first request begins the span; all of it happens at once, so no count is ever without an end.
        let replies = try await connection.pipeline([
            ["MULTI"], ["SET", key, 0, "EX", RedisArgument(seconds), "NX"], ["INCR", key], ["PTTL", key], ["EXEC"],
        ])
        for case .error(let error) in replies { throw error }
        guard let results = replies.last?.array, let count = results[1].int, let left = results[2].int else {
            throw RedisError(.server, "The transaction has no result.")
        }
        guard count <= limit else { throw InvoiceError.tooManyRequests(retryAfter: .milliseconds(left)) }
        return limit - count
    }
}
