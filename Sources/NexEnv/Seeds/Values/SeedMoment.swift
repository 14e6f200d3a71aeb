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

    /// Returns the microseconds of an offset: a sign, then numbers with the units `w`, `d`, `h`, `m`, `s`, `ms` or `us`.
    package static func offset(_ text: String) -> Int64? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest[name.endIndex...]
            guard let number = Int64(digits), let unit = units[String(name)] else { return nil }
            let (part, isPartTooLarge) = number.multipliedReportingOverflow(by: unit)
            let (sum, isSumTooLarge) = total.addingReportingOverflow(part)
            guard !isPartTooLarge, !isSumTooLarge else { return nil }
            total = sum
        }
        return isNegative ? -total : total
    }

    private static let units: [String: Int64] = [
        "w": 604_800_000_000, "d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000,
        "us": 1,
    ]
}
