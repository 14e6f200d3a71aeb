import Encodings

/// The usual kind of `_id`: twelve bytes, of which the first four count seconds since 1970.
public struct BSONObjectID: Sendable, Hashable, CustomStringConvertible {
    /// The twelve bytes.
    public let bytes: [UInt8]

    /// Creates an identifier from twelve bytes; `nil` for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 12 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Creates an identifier from twenty-four hexadecimal digits; `nil` for any other text.
    public init?(hex: String) {
        guard let bytes = Hexadecimal.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The twenty-four hexadecimal digits, in lower case.
    public var description: String {
        Hexadecimal.encode(bytes)
    }
}
