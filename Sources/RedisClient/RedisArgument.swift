/// One word of a command: text, a number or any bytes.
public struct RedisArgument: Sendable, Hashable {
    /// The bytes that are sent.
    public let bytes: [UInt8]

    /// Creates a word from text, in UTF-8.
    public init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    /// Creates a word from an integer, in decimal digits.
    public init(_ integer: some BinaryInteger) {
        bytes = Array(String(integer).utf8)
    }

    /// Creates a word from bytes, which are sent as they are.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension RedisArgument: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    /// Creates a word from a literal.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// Creates a number from a literal.
    public init(integerLiteral value: Int) {
        self.init(value)
    }
}

extension RedisArgument {
    /// Appends a command in the form in which Redis reads it: an array of bulk strings (RESP).
    ///
    /// Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
    static func encode(_ command: [RedisArgument], into buffer: inout [UInt8]) {
        appendHeader("*", command.count, to: &buffer)
        for argument in command {
            appendHeader("$", argument.bytes.count, to: &buffer)
            buffer += argument.bytes
            buffer += lineEnd
        }
    }

    private static let lineEnd = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]

    private static func appendHeader(_ kind: Unicode.Scalar, _ count: Int, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: kind))
        buffer += String(count).utf8
        buffer += lineEnd
    }
}
