/// Up to where a server keeps a hash as a listpack, its compact form.
public struct RedisHashLimits: Sendable, Hashable {
    /// The most fields.
    public var fields: Int
    /// The most bytes of a name or a value.
    public var bytes: Int

    /// Creates limits.
    public init(fields: Int, bytes: Int) {
        self.fields = fields
        self.bytes = bytes
    }

    /// Asks a server; returns nothing where it doesn't say or knows no listpacks, as those before 7.0.
    public static func of(_ connection: RedisConnection) async throws(RedisError) -> RedisHashLimits? {
        let replies = try await connection.pipeline([
            ["CONFIG", "GET", "hash-max-listpack-entries"], ["CONFIG", "GET", "hash-max-listpack-value"],
        ])
        let numbers = replies.compactMap { $0.array?.last?.text.flatMap { Int($0) } }
        return numbers.count == 2 ? RedisHashLimits(fields: numbers[0], bytes: numbers[1]) : nil
    }
}
