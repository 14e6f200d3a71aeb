/// What went wrong while talking to Redis.
///
/// ``description`` may be pasted anywhere: it names the kind of failure and the server's error prefix. ``debugDescription`` also
/// has the server's sentence, which can quote keys and arguments; neither ever holds a password.
public struct RedisError: Error, Sendable, Hashable {
    /// The kind of failure, for a program to branch on.
    public var code: Code
    /// What the server or this library says about it; it can quote data.
    public var message: String
    /// The first word of the server's error, such as `WRONGTYPE` or `ERR`.
    public var prefix: String?

    /// Creates an error that has a code and a sentence.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Creates the error for an error reply, such as `WRONGTYPE Operation against a key …`.
    init(reply: String) {
        let words = reply.split(separator: " ", maxSplits: 1)
        let prefix = words.first.map(String.init) ?? ""
        self.init(Code(prefix: prefix), words.count > 1 ? String(words[1]) : "")
        self.prefix = prefix
    }
}

extension RedisError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure, without anything that can hold data.
    public var description: String {
        prefix.map { "\(code.summary) (\($0))" } ?? code.summary
    }

    /// Everything that is known, for logs that stay private.
    public var debugDescription: String {
        "\(code): \(message) [\(description)]"
    }
}
