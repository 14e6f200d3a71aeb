#if Redis
import RedisClient

/// A key of a set with the value that it shall have.
struct RedisSeedEntry: Sendable {
    /// A value in the form that commands take it in.
    enum Value: Sendable {
        case string(String)
        case hash([(name: String, value: String)])
        case list([String])
        case set([String])
        case sorted([(member: String, score: Double)])
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
            return .hash(fields.filter { $0.value != .null }.map { ($0.name, $0.value.plainText) })
        case ("list", .array(let values)) where !values.isEmpty: return .list(values.map(\.plainText))
        case ("set", .array(let values)) where !values.isEmpty: return .set(values.map(\.plainText))
        case ("zset", .document(let fields)) where !fields.isEmpty:
            return .sorted(
                try fields.map { field throws(SeedValueError) in
                    guard let score = Double(field.value.plainText) else {
                        let text = field.value.plainText
                        throw SeedValueError(message: "the score of `\(field.name)` is no number: \(text)")
                    }
                    return (field.name, score)
                }
            )
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

    /// Appends the commands that make the key what it shall be; one transaction where there is more than one.
    func append(to commands: inout RedisCommands, isNew: Bool) {
        if case .string(var text) = value {
            guard let lifetime else {
                var key = key
                return key.withUTF8 { key in
                    text.withUTF8 { commands.set(UnsafeRawBufferPointer(key), to: UnsafeRawBufferPointer($0)) }
                }
            }
            return commands.append(["SET", RedisArgument(key), RedisArgument(text), "PX", RedisArgument(lifetime)])
        }
        if case .hash(let fields) = value, isNew, lifetime == nil, addFields(fields, to: &commands) { return }
        let isTransaction = !isNew || lifetime != nil
        if isTransaction { commands.append(["MULTI"]) }
        if !isNew { commands.append(["DEL", RedisArgument(key)]) }
        switch value {
        case .string: break
        case .hash(let fields):
            begin("HSET", 2 * fields.count, &commands)
            for (name, value) in fields {
                commands.append(name)
                commands.append(value)
            }
        case .list(let elements):
            begin("RPUSH", elements.count, &commands)
            for element in elements { commands.append(element) }
        case .set(let members):
            begin("SADD", members.count, &commands)
            for member in members { commands.append(member) }
        case .sorted(let scores):
            begin("ZADD", 2 * scores.count, &commands)
            for (member, score) in scores {
                commands.append("\(score)")
                commands.append(member)
            }
        }
        if let lifetime { commands.append(["PEXPIRE", RedisArgument(key), RedisArgument(lifetime)]) }
        if isTransaction { commands.append(["EXEC"]) }
    }

    /// Appends fields of a key that isn't there; returns false where a name stands there twice.
    private func addFields(_ fields: [(name: String, value: String)], to commands: inout RedisCommands) -> Bool {
        guard Set(fields.map { $0.name }).count == fields.count else { return false }
        var bytes = Array(key.utf8)
        let words = fields.flatMap { [$0.name, $0.value] }.map { word in
            bytes += word.utf8
            return bytes.count - word.utf8.count..<bytes.count
        }
        bytes.withUnsafeBytes { bytes in
            words.withUnsafeBufferPointer { commands.addFields(to: 0..<key.utf8.count, $0, in: bytes) }
        }
        return true
    }

    private func begin(_ command: String, _ words: Int, _ commands: inout RedisCommands) {
        commands.begin(words: 2 + words)
        commands.append(command)
        commands.append(key)
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
        switch value {
        case .string: return false
        case .hash(let fields):
            let wanted = Dictionary(fields.map { ($0.name, $0.value) }) { _, last in last }
            return wanted == Dictionary(pairs()) { first, _ in first }
        case .list(let elements): return elements == words
        case .set(let members): return Set(members) == Set(words)
        case .sorted(let scores):
            let wanted = Dictionary(scores.map { ($0.member, $0.score) }) { _, last in last }
            return wanted == Dictionary(pairs().map { ($0.0, Double($0.1) ?? .nan) }) { first, _ in first }
        }
    }
}
#endif
