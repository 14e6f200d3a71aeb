import RedisClient

/// Gives out invoice numbers, each once: a counter for every year, in Redis.
///
/// A number whose invoice couldn't be issued after all is missing then; the tax office minds doubles, not gaps.
struct InvoiceNumbers: Sendable {
    let connection: RedisConnection

    /// Takes the next number of a year, such as `2025-0017`.
    func next(in year: Int) async throws -> String {
        let count = try await connection.send(["INCR", key(year)]).int ?? 0
        let digits = String(count)
        return "\(year)-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Makes sure that numbers up to this one aren't given any more; for a counter that was lost.
    func skip(through last: Int, in year: Int) async throws {
        try await connection.send([
            "EVAL",
            "if tonumber(redis.call('GET', KEYS[1]) or 0) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end",
            1, key(year), RedisArgument(last),
        ])
    }

    private func key(_ year: Int) -> RedisArgument { "invoices:\(year)" }
}
