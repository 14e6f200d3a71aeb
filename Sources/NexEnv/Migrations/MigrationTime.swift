import Foundation

/// Points in time as people and programs read them.
package enum MigrationTime {
    /// Returns `2025-01-14T10:20:00Z`.
    package static func text(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds.rounded(.down)).formatted(.iso8601)
    }

    /// Now, in milliseconds since 1970.
    static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
