import NexEnv
import Testing

@Suite struct SeedKeyTests {
    /// The reference implementation's `vectors_sip64`, the one of eight bytes, and the same of other words.
    @Test func `SipHash gives the published values`() {
        let key = SeedKey(k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908)
        #expect(key.hash(0x0706_0504_0302_0100) == 0x93f5_f579_9a93_2462)
    }

    /// The numbers that Vigna's `splitmix64.c` gives for the state 1234567.
    @Test func `SplitMix gives the published values`() {
        var random = SeedRandom(1_234_567)
        let words = (0..<5).map { _ in random.next() }
        #expect(
            words == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ]
        )
    }

    @Test func `no two places have the same key`() {
        let keys = [
            SeedKey(seed: "a", set: "b", path: "c"), SeedKey(seed: "ab", set: "", path: "c"),
            SeedKey(seed: "a", set: "bc", path: ""), SeedKey(seed: "", set: "ab", path: "c"),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test func `a key never changes`() {
        let key = SeedKey(seed: "users-v1", set: "users", path: "email")
        #expect(key == SeedKey(k0: 11_031_449_836_832_728_080, k1: 12_116_999_804_307_341_396))
    }

    @Test func `numbers stay below their bound and in their range`() {
        var random = SeedRandom(5)
        for bound: UInt64 in [1, 2, 3, 1000, .max] {
            for _ in 0..<1000 { #expect(random.below(bound) < bound) }
        }
        for _ in 0..<1000 { #expect(-3...3 ~= random.within(-3...3)) }
        _ = random.within(.min ... .max)
        for _ in 0..<1000 {
            let unit = random.unit()
            #expect(unit > 0 && unit < 1)
        }
    }

    /// Every count up to 300 and some around powers of two, whole.
    @Test(arguments: Array(1...300) + [1023, 1024, 1025, 65_535, 65_536, 65_537, 100_000])
    func `a permutation has every number once`(count: Int) {
        let permutation = SeedPermutation(count: UInt64(count), key: 7)
        var seen = [Bool](repeating: false, count: count)
        for index in 0..<count { seen[Int(permutation(UInt64(index)))] = true }
        #expect(seen.allSatisfy { $0 })
    }

    @Test func `a permutation of all words has no number twice`() {
        let permutation = SeedPermutation(count: 0, key: 7)
        let numbers = Set((0..<10_000).map { permutation(UInt64($0)) } + [permutation(.max)])
        #expect(numbers.count == 10_001)
    }

    @Test func `tweaks and keys give other permutations`() {
        let first = SeedPermutation(count: 1000, key: 7)
        let second = SeedPermutation(count: 1000, key: 8)
        let orders = [
            (0..<1000).map { first(UInt64($0)) }, (0..<1000).map { first(UInt64($0), tweak: 1) },
            (0..<1000).map { second(UInt64($0)) },
        ]
        #expect(Set(orders).count == 3)
        // Of two unrelated orders, about one place is the same.
        let same = zip(orders[0], orders[1]).count { $0 == $1 }
        #expect(same < 10)
    }

    /// Where a number lands says nothing about where its neighbour does: 64 cells of distances, chi-square with 63 degrees of
    /// freedom, which passes 120 once in a hundred thousand times.
    @Test func `neighbours of a permutation land anywhere`() {
        let count = 64 * 1024
        let permutation = SeedPermutation(count: UInt64(count), key: 99)
        var cells = [Int](repeating: 0, count: 64)
        for index in 0..<count {
            let distance = permutation(UInt64((index + 1) % count)) &- permutation(UInt64(index))
            cells[Int(distance % UInt64(count)) / 1024] += 1
        }
        #expect(chiSquare(cells) < 120)
    }

    @Test func `words of neighbouring rows are independent`() {
        let key = SeedKey(seed: "s", set: "t", path: "u")
        var cells = [Int](repeating: 0, count: 256)
        for row in 0..<65_536 {
            let word = key.hash(UInt64(row)) ^ key.hash(UInt64(row) + 1)
            cells[Int(word >> 56)] += 1
        }
        // 255 degrees of freedom: 350 is passed once in ten thousand times.
        #expect(chiSquare(cells) < 350)
    }
}

/// Returns how far counts are from being all alike: about one less than there are when chance alone makes them differ.
func chiSquare(_ counts: [Int], weights: [Double]? = nil) -> Double {
    let total = Double(counts.reduce(0, +))
    let weights = weights ?? [Double](repeating: 1, count: counts.count)
    let sum = weights.reduce(0, +)
    return zip(counts, weights).reduce(0) { result, cell in
        let expected = total * cell.1 / sum
        return result + (Double(cell.0) - expected) * (Double(cell.0) - expected) / expected
    }
}
