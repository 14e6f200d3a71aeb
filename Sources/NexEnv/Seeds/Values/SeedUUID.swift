import Crypto
import Encodings

/// A UUID (RFC 9562).
package struct SeedUUID: Sendable, Hashable {
    /// The first eight bytes.
    package let high: UInt64
    /// The last eight bytes.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Creates a UUID from sixteen bytes; `nil` for any other count.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Creates a UUID from its text, upper or lower case; `nil` for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12], let bytes = Hexadecimal.decode(parts.joined()) else {
            return nil
        }
        self.init(bytes: bytes)
    }

    /// The sixteen bytes.
    package var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> (56 - 8 * UInt64($0 % 8))) }
    }
}

extension SeedUUID: CustomStringConvertible {
    /// The text, in lower case.
    package var description: String {
        let digits = Hexadecimal.encode(bytes).utf8
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, digit) in digits.enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension SeedUUID {
    /// The namespace of fully qualified domain names (RFC 9562, section 6.6).
    package static let dns = SeedUUID(high: 0x6ba7_b810_9dad_11d1, low: 0x80b4_00c0_4fd4_30c8)
    /// The namespace of URLs.
    package static let url = SeedUUID(high: 0x6ba7_b811_9dad_11d1, low: 0x80b4_00c0_4fd4_30c8)

    /// Returns the UUID of a name in a namespace: the same name gives the same UUID everywhere (RFC 9562, section 5.5).
    package static func version5(namespace: SeedUUID, name: String) -> SeedUUID {
        Names(namespace: namespace, prefix: name).uuid(suffix: nil)
    }

    /// The UUIDs of names that begin alike, such as `users/user-1`, `users/user-2` and so on.
    package struct Names: Sendable {
        private let start: Insecure.SHA1

        package init(namespace: SeedUUID, prefix: String) {
            var hash = Insecure.SHA1()
            hash.update(data: namespace.bytes)
            hash.update(data: Array(prefix.utf8))
            start = hash
        }

        /// Returns the version 5 UUID of the prefix with a number behind it.
        package func callAsFunction(_ number: Int) -> SeedUUID {
            uuid(suffix: number)
        }

        fileprivate func uuid(suffix: Int?) -> SeedUUID {
            var hash = start
            if let suffix { Self.update(&hash, with: suffix) }
            return hash.finalize().withUnsafeBytes { digest in
                let high = digest.loadUnaligned(fromByteOffset: 0, as: UInt64.self).bigEndian
                let low = digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian
                return SeedUUID(high: high, low: low, version: 5)
            }
        }

        /// Adds a number's digits to a hash, without a `String` in between.
        private static func update(_ hash: inout Insecure.SHA1, with number: Int) {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
                var first = 20
                var rest = number.magnitude
                repeat {
                    first -= 1
                    digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                } while rest > 0
                if number < 0 {
                    first -= 1
                    digits[first] = UInt8(ascii: "-")
                }
                hash.update(bufferPointer: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: digits[first...])))
            }
        }
    }

    /// Creates a UUID from bits of which the version and the variant are overwritten.
    package init(high: UInt64, low: UInt64, version: UInt64) {
        self.high = high & ~0xf000 | version << 12
        self.low = low & ~(3 << 62) | 2 << 62
    }
}
