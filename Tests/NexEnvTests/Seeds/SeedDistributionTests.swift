import Foundation
import NexEnv
import Testing

/// How often values come, with fixed seeds: each limit is one that chance passes once in ten thousand times or less.
@Suite struct SeedDistributionTests {
    private static func counts(_ generator: String, rows: Int = 20_000) throws -> [String: Int] {
        Dictionary(try SeedSample("a: !gen \(generator)", count: rows).texts().map { ($0, 1) }, uniquingKeysWith: +)
    }

    @Test(arguments: [
        ("{ integer: { min: 1, max: 50 } }", 50), ("{ decimal: { min: 0, max: 0.49 } }", 50), ("{ hex: 1 }", 16),
        ("word", 128), ("first_name", 256), ("city", 194), ("{ date: { from: -59d } }", 60), ("{ pick: plans }", 3),
        ("{ choice: [a, b, c, d] }", 4), ("boolean", 2), ("{ ip: { network: 10.0.0.0/27 } }", 32),
        ("{ time: { from: -99s, to: 0s, round: 1s } }", 100),
    ])
    func `equally likely`(generator: String, cells: Int) throws {
        let counts = try Self.counts(generator)
        #expect(counts.count == cells)
        // With k degrees of freedom: k + 4 √2k and a little for few cells.
        let freedom = Double(cells - 1)
        #expect(chiSquare(Array(counts.values)) < freedom + 4 * (2 * freedom).squareRoot() + 10)
    }

    @Test func `weights`() throws {
        let counts = try Self.counts("{ choice: { active: 90, trial: 8, past_due: 2, never: 0 } }")
        #expect(counts["never"] == nil)
        let cells = [counts["active"] ?? 0, counts["trial"] ?? 0, counts["past_due"] ?? 0]
        #expect(chiSquare(cells, weights: [90, 8, 2]) < 20)
        let picked = try Self.counts("{ pick: plans#code, weights: { free: 80, pro: 20 } }")
        #expect(chiSquare([picked["code-0"] ?? 0, picked["code-1"] ?? 0], weights: [80, 20]) < 16)
        #expect(picked.count == 2)
    }

    @Test(arguments: [
        ("{ boolean: 0.8 }", "true", 0.8), ("{ boolean: 5% }", "true", 0.05), ("{ maybe: 0.3, of: word }", "", 0.7),
    ])
    func `probabilities`(generator: String, text: String, share: Double) throws {
        let count = Double(try Self.counts(generator)[text] ?? 0)
        #expect(abs(count / 20_000 - share) < 4 * (share * (1 - share) / 20_000).squareRoot())
    }

    @Test func `certainty and impossibility`() throws {
        #expect(try Self.counts("{ boolean: 1 }") == ["true": 20_000])
        #expect(try Self.counts("{ boolean: 0% }") == ["false": 20_000])
        #expect(try Self.counts("{ word: { null: 1 } }") == ["": 20_000])
    }

    @Test func `moments of the normal distribution`() throws {
        let numbers = try SeedSample("a: !gen { normal: { mean: 20, sd: 4, round: 6 } }", count: 20_000).numbers()
        let mean = numbers.reduce(0, +) / 20_000
        let central = { (power: Double) in numbers.reduce(0) { $0 + pow(($1 - mean) / 4, power) } / 20_000 }
        #expect(abs(mean - 20) < 0.12)
        #expect(abs(central(2) - 1) < 0.05)
        #expect(abs(central(3)) < 0.08)
        #expect(abs(central(4) - 3) < 0.2)
    }

    @Test func `a normal distribution stays in its range without heaps at the ends`() throws {
        let counts = try Self.counts("{ integer: { dist: normal, mean: 10, sd: 10, min: 0, max: 20 } }")
        #expect(counts.keys.allSatisfy { 0...20 ~= Int($0) ?? -1 })
        #expect(counts["0"] ?? 0 < counts["10"] ?? 0)
    }

    @Test func `an unreachable range gives its nearest end`() throws {
        #expect(
            try Self.counts("{ integer: { dist: normal, mean: 0, sd: 1, min: 100, max: 200 } }", rows: 10) == [
                "100": 10
            ]
        )
        #expect(
            try Self.counts("{ integer: { dist: normal, mean: 0, sd: 1, min: -9, max: -9 } }", rows: 10) == ["-9": 10]
        )
    }

    @Test func `recent times are near the end`() throws {
        let yaml = "a: !gen { time: { from: 2024-01-01, to: 2024-04-10, dist: recent } }"
        let numbers = try SeedSample(yaml, count: 20_000).values().compactMap { value in
            if case .time(let time) = value { Double(time) } else { nil }
        }
        let start = 1_704_067_200e6
        let length = 100 * 86_400e6
        let lastQuarter = numbers.count { $0 >= start + 0.75 * length }
        // √¼ of all.
        #expect(abs(Double(lastQuarter) / 20_000 - 0.5) < 0.015)
        #expect(numbers.allSatisfy { start...start + length ~= $0 })
    }

    @Test func `popular rows of a set lie anywhere, and stay the same`() throws {
        let counts = try Self.counts("{ pick: users, dist: zipf }")
        let best = counts.sorted { $0.value > $1.value }.prefix(3).compactMap { Int($0.key) }
        #expect(best != [1, 2, 3])
        let harmonic = (1...5000).reduce(0.0) { $0 + 1 / Double($1) }
        let top = Double(counts.values.max() ?? 0)
        #expect(abs(top / 20_000 - 1 / harmonic) < 0.01)
    }

    @Test func `counts of arrays cover their range`() throws {
        let yaml = "a: !gen { array: { of: { constant: 1 }, count: 0..3 } }"
        let counts = Dictionary(try SeedSample(yaml, count: 20_000).texts().map { ($0, 1) }, uniquingKeysWith: +)
        #expect(Set(counts.keys) == ["[]", "[1]", "[1,1]", "[1,1,1]"])
        #expect(chiSquare(Array(counts.values)) < 25)
    }

    @Test func `sentences have as many words as they should`() throws {
        for text in try SeedSample("a: !gen { sentence: { words: 3..5 } }").texts() {
            #expect(3...5 ~= text.split(separator: " ").count)
            #expect(text.hasSuffix(".") && text.first?.isUppercase == true)
        }
        for text in try SeedSample("a: !gen { sentence: { words: 1 } }").texts() {
            #expect(text.split(separator: " ").count == 1)
        }
    }
}
