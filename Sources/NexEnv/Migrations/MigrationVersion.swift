/// The version of a migration: numbers of any length, `20250114102000` or Flyway's `1.2`.
///
/// Compared as numbers and part by part: `2` comes before `10`, and `1.0` is `1`.
package struct MigrationVersion: Sendable, Hashable {
    /// Each part's digits without leading zeros; parts at the end that are zero are left out.
    private let parts: [String]

    /// Creates a version of parts in decimal digits; nothing where there is none, or one that has anything else in it.
    package init?(_ parts: [some StringProtocol]) {
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) }) else { return nil }
        var numbers = parts.map { String($0.drop { $0 == "0" }) }
        while numbers.last?.isEmpty == true { numbers.removeLast() }
        self.parts = numbers
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension MigrationVersion: Comparable {
    package static func < (left: MigrationVersion, right: MigrationVersion) -> Bool {
        for (one, two) in zip(left.parts, right.parts) where one != two {
            return one.utf8.count == two.utf8.count ? one < two : one.utf8.count < two.utf8.count
        }
        return left.parts.count < right.parts.count
    }
}

extension MigrationVersion: CustomStringConvertible {
    package var description: String {
        parts.isEmpty ? "0" : parts.map { $0.isEmpty ? "0" : $0 }.joined(separator: ".")
    }
}
