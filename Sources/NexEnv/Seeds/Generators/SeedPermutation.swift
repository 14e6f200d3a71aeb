/// A keyed reordering of the numbers below a count: what unique values are made of, since no number comes twice.
///
/// A Feistel network over the next power of two, walked along its cycle until it is back in the range (Black and Rogaway,
/// "Ciphers with Arbitrary Finite Domains"). It takes less than two walks on average.
package struct SeedPermutation: Sendable {
    /// How many numbers there are; 0 stands for 2⁶⁴.
    package let count: UInt64

    private let key: UInt64
    private let leftBits: UInt64
    private let rightBits: UInt64

    /// Creates the permutation of a key.
    package init(count: UInt64, key: UInt64) {
        self.count = count
        self.key = key
        let bits = max(2, UInt64(64 - (count &- 1).leadingZeroBitCount))
        leftBits = bits / 2
        rightBits = bits - leftBits
    }

    /// Returns the number at a place below the count.
    ///
    /// - Parameters:
    ///   - index: The place.
    ///   - tweak: Each one gives another permutation.
    package func callAsFunction(_ index: UInt64, tweak: UInt64 = 0) -> UInt64 {
        var number = index
        repeat { number = walk(number, key &+ tweak &* 0xd6e8_feb8_6659_fd93) } while count != 0 && number >= count
        return number
    }

    /// Returns the number after one in the cycle over the power of two.
    ///
    /// Eight rounds that swap halves of almost the same size; the mixing is that of SplitMix64.
    private func walk(_ number: UInt64, _ key: UInt64) -> UInt64 {
        let leftMask: UInt64 = (1 << leftBits) &- 1
        let rightMask: UInt64 = (1 << rightBits) &- 1
        var left = number >> rightBits
        var right = number & rightMask
        var roundKey = key
        for _ in 0..<4 {
            roundKey &+= 0x9e37_79b9_7f4a_7c15
            left ^= SeedRandom.mix(right &+ roundKey) >> 32 & leftMask
            roundKey &+= 0x9e37_79b9_7f4a_7c15
            right ^= SeedRandom.mix(left &+ roundKey) >> 32 & rightMask
        }
        return left << rightBits | right
    }
}
