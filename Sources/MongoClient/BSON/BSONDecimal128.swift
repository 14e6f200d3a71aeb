/// A decimal number with up to 34 digits (IEEE 754-2008 decimal128, in its binary integer encoding).
public struct BSONDecimal128: Sendable, Hashable {
    /// The upper half of the sixteen bytes.
    public let high: UInt64
    /// The lower half of the sixteen bytes.
    public let low: UInt64

    /// Creates a number from its encoded bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    private static let exponentBias = 6176
    private static let exponents = -6176...6111
    private static let maxDigits = 34
    private static let largestSignificand: UInt128 = 9_999_999_999_999_999_999_999_999_999_999_999

    /// Creates a number from text such as `-1.50`, `1E+400` or `NaN`; `nil` for text that isn't a number, and for a number that
    /// 34 digits can't hold exactly.
    public init?(_ text: String) {
        let isNegative = text.hasPrefix("-")
        let unsigned = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let sign: UInt64 = isNegative ? 1 << 63 : 0
        switch unsigned.lowercased() {
        case "nan": self.init(high: 0x7c00_0000_0000_0000, low: 0)
        case "inf", "infinity": self.init(high: sign | 0x7800_0000_0000_0000, low: 0)
        default:
            guard let number = Self.parse(unsigned) else { return nil }
            let biased = UInt64(number.exponent + Self.exponentBias)
            let upper = UInt64(truncatingIfNeeded: number.significand >> 64)
            self.init(high: sign | biased << 49 | upper, low: UInt64(truncatingIfNeeded: number.significand))
        }
    }

    private static func parse(_ text: Substring) -> (significand: UInt128, exponent: Int)? {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var digits = Array((mantissa[0] + fraction).utf8)
        guard !digits.isEmpty, digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
        guard let power = parts.count > 1 ? Int(parts[1]) : 0, abs(power) < 1_000_000 else { return nil }
        var exponent = power - fraction.utf8.count

        digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
        guard !digits.isEmpty else {
            return (0, min(max(exponent, exponents.lowerBound), exponents.upperBound))
        }
        while digits.count > maxDigits || exponent < exponents.lowerBound {
            guard digits.last == UInt8(ascii: "0"), digits.count > 1 else { return nil }
            digits.removeLast()
            exponent += 1
        }
        while exponent > exponents.upperBound {
            guard digits.count < maxDigits else { return nil }
            digits.append(UInt8(ascii: "0"))
            exponent -= 1
        }
        return (digits.reduce(0) { $0 * 10 + UInt128($1 - UInt8(ascii: "0")) }, exponent)
    }
}

extension BSONDecimal128: CustomStringConvertible {
    /// The number as text, with every digit that it was given: `1.50` stays `1.50`.
    public var description: String {
        let sign = high >> 63 == 1 ? "-" : ""
        switch high >> 58 & 0x1f {
        case 0x1f: return "NaN"
        case 0x1e: return sign + "Infinity"
        default: break
        }
        // The second form of the encoding can only spell significands that are too large, which count as zero.
        let isSecondForm = high >> 61 & 3 == 3
        let exponent = Int(high >> (isSecondForm ? 47 : 49) & 0x3fff) - Self.exponentBias
        let stored = UInt128(high & 0x1_ffff_ffff_ffff) << 64 | UInt128(low)
        let significand = isSecondForm || stored > Self.largestSignificand ? 0 : stored
        return sign + Self.format(digits: String(significand), exponent: exponent)
    }

    private static func format(digits: String, exponent: Int) -> String {
        let scientific = digits.utf8.count - 1 + exponent
        if exponent > 0 || scientific < -6 {
            let fraction = digits.dropFirst()
            let point = fraction.isEmpty ? "" : "."
            return "\(digits.prefix(1))\(point)\(fraction)E\(scientific < 0 ? "-" : "+")\(abs(scientific))"
        }
        guard exponent < 0 else { return digits }
        let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.utf8.count)) + digits
        return "\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))"
    }
}
