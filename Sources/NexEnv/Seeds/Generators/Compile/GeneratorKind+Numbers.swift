extension GeneratorKind {
    /// How numbers spread over their range.
    enum Distribution: String, Sendable, CaseIterable {
        case uniform
        case normal
        case zipf
    }

    static let numbers = [
        GeneratorKind("integer", "A whole number from `min` (1) to `max` (1000).") { number($0, digits: nil) },
        GeneratorKind("decimal", "A number from `min` (0) to `max` (1000), with `round` (2) digits behind its point.") {
            number($0, digits: $0.read("round", .integer(0...9)) ?? 2)
        },
        GeneratorKind("normal", "A number around `mean` (0) with the standard deviation `sd` (1).") {
            normal($0, digits: $0.read("round", .integer(0...9)) ?? 2)
        },
        GeneratorKind("zipf", "A whole number from 1 to `max` (1000), the lowest most frequent.", argument: "max") {
            zipf($0, 1...($0.read("max", .integer(1...1 << 52)) ?? 1000))
        },
        GeneratorKind("boolean", "True with a `probability` (0.5).", argument: "probability") {
            SeedBooleanGenerator(chance: SeedChance($0.read("probability", .probability) ?? 0.5), key: $0.key)
        },
        GeneratorKind("sequence", "Numbers in the order of the rows, from `start` (1) on in steps of `step` (1).") {
            sequence($0)
        },
    ]

    private static func number(_ options: GeneratorOptions, digits: Int?) -> (any SeedGenerator)? {
        let distribution = options.read("dist", .choice) ?? Distribution.uniform
        switch distribution {
        case .normal: return normal(options, digits: digits)
        case .zipf:
            guard digits == nil else {
                options.report(.invalidValue, "only whole numbers can follow Zipf's law", at: "dist")
                return nil
            }
            let low = options.read("min", .integer(-1 << 52...1 << 52)) ?? 1
            return zipf(options, low...max(low, options.read("max", .integer(low...1 << 52)) ?? 1000))
        case .uniform:
            let low = options.units("min", digits) ?? (digits == nil ? 1 : 0)
            let high = options.units("max", digits) ?? options.units(1000, digits)
            guard low <= high else {
                options.report(.invalidValue, "`max` is below `min`", at: "max")
                return nil
            }
            let space = UInt64(bitPattern: high &- low) &+ 1
            return SeedUniformGenerator(low: low, digits: digits, draw: options.draw(space))
        }
    }

    private static func normal(_ options: GeneratorOptions, digits: Int?) -> (any SeedGenerator)? {
        let limit = 1e17 / SeedNormalGenerator.powersOfTen[digits ?? 0]
        let mean = options.read("mean", .number(-limit...limit)) ?? 0
        let deviation = options.read("sd", .number(0...limit / 10)) ?? 1
        // A standard normal variable out of 52 bits never leaves ±8.3.
        let low = options.units("min", digits) ?? -1_000_000_000_000_000_000
        let high = options.units("max", digits) ?? 1_000_000_000_000_000_000
        guard low <= high else {
            options.report(.invalidValue, "`max` is below `min`", at: "max")
            return nil
        }
        return SeedNormalGenerator(
            mean: mean,
            deviation: deviation,
            digits: digits,
            range: low...high,
            key: options.key
        )
    }

    private static func zipf(_ options: GeneratorOptions, _ range: ClosedRange<Int>) -> (any SeedGenerator)? {
        let exponent = options.read("exponent", .number(0.1...10)) ?? 1
        let zipf = SeedZipf(count: UInt64(range.upperBound - range.lowerBound) + 1, exponent: exponent)
        return SeedZipfGenerator(low: Int64(range.lowerBound), zipf: zipf, key: options.key)
    }

    private static func sequence(_ options: GeneratorOptions) -> (any SeedGenerator)? {
        options.allowUnique()
        let start = Int64(options.read("start", .integer(.min ... .max)) ?? 1)
        let step = Int64(options.read("step", .integer(.min ... .max)) ?? 1)
        let (way, isTooFar) = step.multipliedReportingOverflow(by: Int64(max(0, options.compiler.count - 1)))
        guard !isTooFar, !start.addingReportingOverflow(way).overflow else {
            options.report(.invalidValue, "the numbers leave the range of 64 bits before the last row", at: "step")
            return nil
        }
        return SeedSequenceGenerator(start: start, step: step)
    }
}

extension GeneratorOptions {
    /// Reads a number in units of the last of so many digits behind its point, every one of them exact.
    fileprivate func units(_ name: String, _ digits: Int?) -> Int64? {
        guard let node = node(name) else { return nil }
        guard let text = node.text, let number = SeedValue.number(text), !text.contains(where: { "eE".contains($0) })
        else {
            context.wrongType(node, expected: digits == nil ? "a whole number" : "a number")
            return nil
        }
        let parts = number.plainText.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        guard fraction.count <= digits ?? 0 else {
            let most =
                digits.map { "\($0) digits behind its point; `round` sets how many" } ?? "no digits behind a point"
            context.report(.invalidValue, "\(text) has more than \(most)", at: node.position)
            return nil
        }
        let padding = String(repeating: "0", count: (digits ?? 0) - fraction.count)
        guard let units = Int64(parts[0] + fraction + padding) else {
            context.report(.invalidValue, "\(text) is out of range", at: node.position)
            return nil
        }
        return units
    }

    fileprivate func units(_ number: Int64, _ digits: Int?) -> Int64 {
        (0..<(digits ?? 0)).reduce(number) { units, _ in units * 10 }
    }
}
