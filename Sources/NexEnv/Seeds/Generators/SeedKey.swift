import Crypto

/// The key under which one field of a set is generated: its values are a function of the key and the row, never of a sequence.
package struct SeedKey: Sendable, Hashable {
    /// The two halves of the key, little-endian as in the published test vectors.
    package let k0: UInt64
    package let k1: UInt64

    package init(k0: UInt64, k1: UInt64) {
        self.k0 = k0
        self.k1 = k1
    }

    /// Creates the key of a place.
    ///
    /// - Parameters:
    ///   - seed: The seed that the user gave.
    ///   - set: The name of the set.
    ///   - path: The field, and what lies in it: `tags[]`, `profile.city`.
    package init(seed: String, set: String, path: String) {
        var hash = SHA256()
        // Lengths stand before the parts, so that no two places spell the same bytes.
        for part in ["nexenv/generate/1", seed, set, path] {
            let bytes = Array(part.utf8)
            hash.update(data: withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) })
            hash.update(data: bytes)
        }
        let digest = Array(hash.finalize())
        let word = { (offset: Int) in (0..<8).reduce(UInt64(0)) { $0 | UInt64(digest[offset + $1]) << (8 * UInt64($1)) }
        }
        self.init(k0: word(0), k1: word(8))
    }

    /// Returns SipHash-2-4 of a word's eight bytes, little-endian: 64 bits that look random to whoever hasn't the key.
    ///
    /// Source: Aumasson and Bernstein, https://www.aumasson.jp/siphash/siphash.pdf
    package func hash(_ word: UInt64) -> UInt64 {
        var v0 = k0 ^ 0x736f_6d65_7073_6575
        var v1 = k1 ^ 0x646f_7261_6e64_6f6d
        var v2 = k0 ^ 0x6c79_6765_6e65_7261
        var v3 = k1 ^ 0x7465_6462_7974_6573
        func rounds(_ count: Int) {
            for _ in 0..<count {
                v0 &+= v1
                v1 = v1 << 13 | v1 >> 51
                v1 ^= v0
                v0 = v0 << 32 | v0 >> 32
                v2 &+= v3
                v3 = v3 << 16 | v3 >> 48
                v3 ^= v2
                v0 &+= v3
                v3 = v3 << 21 | v3 >> 43
                v3 ^= v0
                v2 &+= v1
                v1 = v1 << 17 | v1 >> 47
                v1 ^= v2
                v2 = v2 << 32 | v2 >> 32
            }
        }
        v3 ^= word
        rounds(2)
        v0 ^= word
        // The last block holds the length of the message alone.
        let last: UInt64 = 8 << 56
        v3 ^= last
        rounds(2)
        v0 ^= last
        v2 ^= 0xff
        rounds(4)
        return v0 ^ v1 ^ v2 ^ v3
    }
}

/// The random words behind one value, the first of them a keyed hash of the row (SplitMix64 from there on).
///
/// A value may need any number of words; they belong to it alone, so that no other value moves when it takes one more.
package struct SeedRandom: Sendable {
    private var state: UInt64

    /// Creates the words of a hash.
    package init(_ hash: UInt64) {
        state = hash
    }

    /// Returns the next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mix(state)
    }

    /// Returns a number below a bound, all equally likely; a bound of 0 stands for 2⁶⁴.
    ///
    /// One multiplication (Lemire, https://arxiv.org/abs/1805.10941); what it favours, it favours by less than bound ÷ 2⁶⁴.
    package mutating func below(_ bound: UInt64) -> UInt64 {
        let word = next()
        return bound == 0 ? word : word.multipliedFullWidth(by: bound).high
    }

    /// Returns a number in a range, all equally likely.
    package mutating func within(_ range: ClosedRange<Int>) -> Int {
        let span = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound)) &+ 1
        return range.lowerBound &+ Int(truncatingIfNeeded: below(span))
    }

    /// Returns a number between 0 and 1, neither of them included, out of 52 bits.
    package mutating func unit() -> Double {
        (Double(next() >> 12) + 0.5) * 0x1p-52
    }

    /// The finalizer of SplitMix64, a permutation of all words (variant 13 of David Stafford's).
    static func mix(_ word: UInt64) -> UInt64 {
        var mixed = word
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
