#if Redis
import RedisClient

/// A key of a set with the value that it shall have.
struct RedisSeedEntry: Sendable, Hashable {
    /// A value in the form that commands take it in.
    enum Value: Sendable, Hashable {
        case string(String)
        case hash([String: String])
        case list([String])
        case set(Set<String>)
        case sorted([String: Double])
    }

    var key: String
    var value: Value
    /// How long the key lives, in milliseconds.
    var lifetime: Int64?

    /// The fields that a row may have.
    static let kinds = ["string", "hash", "list", "set", "zset"]
    static let names = ["key"] + kinds + ["ttl"]

    // MARK: - Reading rows

    /// Reads a row.
    ///
    /// - Throws: ``SeedValueError`` that says what the row lacks.
    init(_ fields: [SeedValue.Field]) throws(SeedValueError) {
        if let unknown = fields.first(where: { !Self.names.contains($0.name) }) {
            let nearest = Suggestion.hint(for: unknown.name, among: Self.names, noun: "fields") ?? ""
            throw SeedValueError(message: "a row of Redis has no field `\(unknown.name)`; \(nearest)")
        }
        guard let key = fields.first(where: { $0.name == "key" })?.value, key != .null, !key.plainText.isEmpty else {
            throw SeedValueError(message: "a row of Redis needs a `key`")
        }
        self.key = key.plainText
        let values = fields.filter { Self.kinds.contains($0.name) && $0.value != .null }
        guard let field = values.first, values.count == 1 else {
            let kinds = Self.kinds.map { "`\($0)`" }.joined(separator: ", ")
            throw SeedValueError(message: "a row of Redis needs one of \(kinds)")
        }
        value = try Self.value(field)
        lifetime = try fields.first { $0.name == "ttl" && $0.value != .null }.map { ttl throws(SeedValueError) in
            try Self.milliseconds(ttl.value)
        }
    }

    private static func value(_ field: SeedValue.Field) throws(SeedValueError) -> Value {
        switch (field.name, field.value) {
        case ("string", let value): return .string(value.plainText)
        case ("hash", .document(let fields)) where !fields.isEmpty:
            let known = fields.filter { $0.value != .null }
            return .hash(Dictionary(known.map { ($0.name, $0.value.plainText) }) { _, last in last })
        case ("list", .array(let values)) where !values.isEmpty: return .list(values.map(\.plainText))
        case ("set", .array(let values)) where !values.isEmpty: return .set(Set(values.map(\.plainText)))
        case ("zset", .document(let fields)) where !fields.isEmpty:
            var scores: [String: Double] = [:]
            for field in fields {
                guard let score = Double(field.value.plainText) else {
                    throw SeedValueError(message: "the score of `\(field.name)` is no number: \(field.value.plainText)")
                }
                scores[field.name] = score
            }
            return .sorted(scores)
        default:
            let expected = ["hash", "zset"].contains(field.name) ? "names and values" : "a list"
            throw SeedValueError(message: "`\(field.name)` has to be \(expected), and not empty")
        }
    }

    /// Reads `2h`, or a number of seconds.
    private static func milliseconds(_ value: SeedValue) throws(SeedValueError) -> Int64 {
        if case .integer(let seconds) = value, seconds > 0, seconds < 1 << 40 { return seconds * 1_000 }
        guard let microseconds = SeedMoment.offset(value.plainText), microseconds >= 1_000 else {
            throw SeedValueError(message: "`ttl` is no duration such as `2h`: \(value.plainText)")
        }
        return microseconds / 1_000
    }

    // MARK: - Commands

    /// The commands that make the key what it shall be; one transaction where there is more than one.
    func commands(isNew: Bool) -> [[RedisArgument]] {
        let key = RedisArgument(key)
        if case .string(let text) = value {
            let life = lifetime.map { [RedisArgument("PX"), RedisArgument($0)] } ?? []
            return [[RedisArgument("SET"), key, RedisArgument(text)] + life]
        }
        var commands: [[RedisArgument]] = isNew ? [] : [["DEL", key]]
        switch value {
        case .string: break
        case .hash(let fields):
            let words = fields.sorted { $0.key < $1.key }.flatMap { [RedisArgument($0.key), RedisArgument($0.value)] }
            commands.append(["HSET", key] + words)
        case .list(let elements): commands.append(["RPUSH", key] + elements.map { RedisArgument($0) })
        case .set(let members): commands.append(["SADD", key] + members.sorted().map { RedisArgument($0) })
        case .sorted(let scores):
            let words = scores.sorted { $0.key < $1.key }.flatMap {
                [RedisArgument("\($0.value)"), RedisArgument($0.key)]
            }
            commands.append(["ZADD", key] + words)
        }
        if let lifetime { commands.append(["PEXPIRE", key, RedisArgument(lifetime)]) }
        return commands.count == 1 ? commands : [["MULTI"]] + commands + [["EXEC"]]
    }

    /// The command that reads what the key has now.
    var reading: [RedisArgument] {
        let key = RedisArgument(key)
        return switch value {
        case .string: ["GET", key]
        case .hash: ["HGETALL", key]
        case .list: ["LRANGE", key, "0", "-1"]
        case .set: ["SMEMBERS", key]
        case .sorted: ["ZRANGE", key, "0", "-1", "WITHSCORES"]
        }
    }

    /// What a key has, compared with what it shall have.
    enum State: Sendable {
        case missing, different, same
    }

    /// Compares with the reply to ``reading``; an error means that the key is of another kind.
    func state(_ reply: RedisReply) -> State {
        switch (value, reply) {
        case (_, .null): return .missing
        case (.string(let text), .string(let bytes)): return Array(text.utf8) == bytes ? .same : .different
        case (_, .array(let replies)):
            if replies.isEmpty { return .missing }
            return isSame(as: replies.map { $0.text ?? "" }) ? .same : .different
        default: return .different
        }
    }

    private func isSame(as words: [String]) -> Bool {
        func pairs() -> [(String, String)] {
            stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
        }
        return switch value {
        case .string: false
        case .hash(let fields): fields == Dictionary(pairs()) { first, _ in first }
        case .list(let elements): elements == words
        case .set(let members): members == Set(words)
        case .sorted(let scores):
            scores == Dictionary(pairs().map { ($0.0, Double($0.1) ?? .nan) }) { first, _ in first }
        }
    }
}
#endif
