import Encodings

/// MongoDB's usual kind of `_id`: twelve bytes, of which the first four count seconds since 1970.
package struct SeedObjectID: Sendable, Hashable {
    /// The first four bytes.
    package let seconds: UInt32
    /// The last eight bytes.
    package let rest: UInt64

    package init(seconds: UInt32, rest: UInt64) {
        self.seconds = seconds
        self.rest = rest
    }

    /// Creates an identifier from twenty-four hexadecimal digits; `nil` for any other text.
    package init?(hex: String) {
        guard let bytes = Hexadecimal.decode(hex), bytes.count == 12 else { return nil }
        seconds = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        rest = bytes.dropFirst(4).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The twelve bytes.
    package var bytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: seconds >> (24 - 8 * UInt32($0))) }
            + (0..<8).map { UInt8(truncatingIfNeeded: rest >> (56 - 8 * UInt64($0))) }
    }
}

extension SeedObjectID: CustomStringConvertible {
    /// The twenty-four hexadecimal digits, in lower case.
    package var description: String { Hexadecimal.encode(bytes) }
}
