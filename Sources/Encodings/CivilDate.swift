/// Points in time as dates of the Gregorian calendar and times of day, in UTC.
///
/// Foundation would do this too, at the price of its start-up time. The day count is Howard Hinnant's `days_from_civil`:
/// https://howardhinnant.github.io/date_algorithms.html
package enum CivilDate {
    package static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Returns the text of a time, such as `2024-12-02T00:00:00.500Z`: three digits of a second's fraction or six, or none.
    package static func text(microseconds: Int64) -> String {
        let days = floorDivide(microseconds, microsecondsPerDay)
        // Not a difference with the days' start, which may lie before the first time there is.
        let time = (microseconds % microsecondsPerDay + microsecondsPerDay) % microsecondsPerDay
        let second = time / 1_000_000
        var result = "\(text(days: days))T"
        result += "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        let fraction = time % 1_000_000
        if fraction % 1000 != 0 {
            result += ".\(padded(fraction, 6))"
        } else if fraction != 0 {
            result += ".\(padded(fraction / 1000, 3))"
        }
        return result + "Z"
    }

    /// Returns the text of a day, such as `2024-12-02`.
    package static func text(days: Int64) -> String {
        let (year, month, day) = civil(days: days)
        return "\(year < 0 ? "-" : "")\(padded(abs(year), 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// Returns the microseconds since 1970 for text as RFC 3339 has it; seconds may be left out.
    ///
    /// - Parameters:
    ///   - text: A time such as `2024-12-02T00:00:00.5+01:00`.
    ///   - fractionDigits: How many digits a second's fraction may have; at most 6.
    /// - Returns: Nothing for any other text.
    package static func microseconds(_ text: String, fractionDigits: Int = 6) -> Int64? {
        var scanner = DateScanner(text)
        guard let day = scanner.day(), scanner.skip("T") || scanner.skip("t"), let hour = scanner.digits(2),
            scanner.skip(":"), let minute = scanner.digits(2)
        else { return nil }
        var second: Int64 = 0
        var fraction: Int64 = 0
        if scanner.skip(":") {
            guard let digits = scanner.digits(2) else { return nil }
            second = digits
            if scanner.skip(".") {
                guard let digits = scanner.fraction(maxDigits: fractionDigits) else { return nil }
                fraction = digits
            }
        }
        guard let offset = scanner.offset(), scanner.isAtEnd, hour < 24, minute < 60, second < 60 else { return nil }
        let time = (hour * 3600 + minute * 60 + second - offset * 60) * 1_000_000 + fraction
        return day * microsecondsPerDay + time
    }

    /// Returns the days since 1970 for text such as `2024-12-02`.
    package static func days(_ text: String) -> Int64? {
        var scanner = DateScanner(text)
        guard let day = scanner.day(), scanner.isAtEnd else { return nil }
        return day
    }

    /// Returns the days from 1970 to a date.
    package static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Returns the date that lies so many days after 1970.
    package static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = days + 719_468
        let era = floorDivide(days, 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// Returns how many days a month has.
    fileprivate static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
        let next = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1)
        return next - days(year, month, 1)
    }

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        number / divisor - (number % divisor < 0 ? 1 : 0)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// Reads the parts of a date in text.
private struct DateScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) {
        rest = Array(text.utf8)[...]
    }

    var isAtEnd: Bool {
        rest.isEmpty
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digits(_ count: Int) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(Self.isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    /// Reads a date as days since 1970.
    mutating func day() -> Int64? {
        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2),
            (1...12).contains(month), (1...CivilDate.daysIn(month, of: year)).contains(day)
        else { return nil }
        return CivilDate.days(year, month, day)
    }

    /// Reads the digits of a second's fraction as millionths.
    mutating func fraction(maxDigits: Int) -> Int64? {
        let count = rest.prefix(while: Self.isDigit).count
        guard (1...maxDigits).contains(count), var value = digits(count) else { return nil }
        for _ in count..<6 { value *= 10 }
        return value
    }

    /// Reads `Z`, or the distance from UTC in minutes.
    mutating func offset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let isNegative = skip("-")
        guard isNegative || skip("+"), let hours = digits(2) else { return nil }
        _ = skip(":")
        guard let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
        return (hours * 60 + minutes) * (isNegative ? -1 : 1)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
