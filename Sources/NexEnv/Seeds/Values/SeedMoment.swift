import Encodings

/// Times as seeds write them: absolute, or counted from the clock of their file.
package enum SeedMoment {
    /// Returns the microseconds since 1970 for `2025-01-01T00:00:00Z` or `2025-01-01`; nothing for any other text.
    package static func parse(_ text: String) -> Int64? {
        CivilDate.microseconds(text) ?? CivilDate.days(text).map { $0 * 86_400_000_000 }
    }

    /// Returns the microseconds since 1970 for an absolute time, or for an offset such as `-30d` or `+1h30m`.
    package static func parse(_ text: String, clock: Int64) -> Int64? {
        if let time = parse(text) { return time }
        return offset(text).flatMap { offset in
            let (sum, isTooLarge) = clock.addingReportingOverflow(offset)
            return isTooLarge ? nil : sum
        }
    }

    /// Returns the microseconds of an offset: a sign, then numbers with the units `w`, `d`, `h`, `m`, `s`, `ms` or `us`, such as
    /// `-30d`, `1h30m` or `2.5s`.
    package static func offset(_ text: String) -> Int64? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0 == "." || $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest[name.endIndex...]
            guard let unit = units[String(name)], let part = microseconds(digits, of: unit) else { return nil }
            let (sum, isTooLarge) = total.addingReportingOverflow(part)
            guard !isTooLarge else { return nil }
            total = sum
        }
        return isNegative ? -total : total
    }

    /// Returns so many units, of which a fraction may have nine digits; what is less than a microsecond is left out.
    private static func microseconds(_ digits: Substring, of unit: Int64) -> Int64? {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = Int64(parts[0]) else { return nil }
        let (time, isTooLarge) = whole.multipliedReportingOverflow(by: unit)
        guard !isTooLarge else { return nil }
        guard parts.count == 2 else { return time }
        guard 1...9 ~= parts[1].count, let fraction = Int64(parts[1]) else { return nil }
        let scale = (0..<parts[1].count).reduce(Int64(1)) { scale, _ in scale * 10 }
        let more = Int64(Int128(unit) * Int128(fraction) / Int128(scale))
        let (sum, isSumTooLarge) = time.addingReportingOverflow(more)
        return isSumTooLarge ? nil : sum
    }

    private static let units: [String: Int64] = [
        "w": 604_800_000_000, "d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000,
        "us": 1,
    ]
}
