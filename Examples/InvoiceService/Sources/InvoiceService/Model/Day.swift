/// A day of the calendar, in the form in which databases know it: `2025-01-31`.
struct Day: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// The year, of four digits.
    let year: Int
    private let rest: String

    /// Reads a day; whether the month has it is for the database to say.
    init?(_ text: String) {
        guard let match = text.wholeMatch(of: /(\d{4})(-\d\d-\d\d)/), let year = Int(match.1) else { return nil }
        self.year = year
        rest = String(match.2)
    }

    /// The day as year, month and day.
    var description: String { "\(year)\(rest)" }

    static func < (left: Day, right: Day) -> Bool { left.description < right.description }
}

extension Day: ExpressibleByStringLiteral {
    /// Creates a day that a program spells out; text of another form stops the program.
    init(stringLiteral text: String) {
        guard let day = Day(text) else { preconditionFailure("\(text) is no day") }
        self = day
    }
}
