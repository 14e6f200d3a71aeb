/// One value of a row, as the text that the server sent.
public struct PostgresCell: Sendable, Hashable {
    /// The text, or `nil` for NULL.
    public let string: String?

    init(string: String?) {
        self.string = string
    }

    /// Tells whether the value is NULL.
    public var isNull: Bool {
        string == nil
    }

    /// The integer, or `nil` for NULL and for text that isn't one in range.
    public var int: Int? {
        string.flatMap { Int($0) }
    }

    /// The number, or `nil` for NULL and for text that isn't one.
    public var double: Double? {
        string.flatMap { Double($0) }
    }

    /// The Boolean, or `nil` for NULL and for text that is neither `t` nor `f`.
    public var bool: Bool? {
        switch string {
        case "t": true
        case "f": false
        default: nil
        }
    }

    /// The bytes of a `bytea` in the server's default `hex` form, or `nil` for NULL and for other text.
    public var bytes: [UInt8]? {
        guard let string, string.hasPrefix("\\x") else { return nil }
        let digits = string.utf8.dropFirst(2).map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
