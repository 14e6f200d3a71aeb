/// What the server answers to a command.
public indirect enum RedisReply: Sendable, Hashable {
    /// A fixed word, such as `OK`.
    case status(String)
    /// Bytes, which need not be text.
    case string([UInt8])
    /// An integer.
    case integer(Int64)
    /// Any number of replies.
    case array([RedisReply])
    /// An error: of one command in a pipeline, or of one inside a transaction.
    case error(RedisError)
    /// The absence of a value.
    case null

    /// The text of a status or of a string that is valid UTF-8, else `nil`.
    public var text: String? {
        switch self {
        case .status(let text): text
        case .string(let bytes): String(validating: bytes, as: UTF8.self)
        default: nil
        }
    }

    /// The bytes of a string, else `nil`.
    public var bytes: [UInt8]? {
        guard case .string(let bytes) = self else { return nil }
        return bytes
    }

    /// The integer, also where it came as text, else `nil`.
    public var int: Int? {
        guard case .integer(let integer) = self else { return text.flatMap { Int($0) } }
        return Int(integer)
    }

    /// The replies in an array, else `nil`.
    public var array: [RedisReply]? {
        guard case .array(let replies) = self else { return nil }
        return replies
    }

    /// Tells whether there is no value.
    public var isNull: Bool {
        self == .null
    }
}
