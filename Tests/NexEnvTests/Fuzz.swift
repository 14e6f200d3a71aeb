import Foundation

/// How many inputs a fuzz test tries.
enum Fuzz {
    /// Returns a count that a build without optimisation manages within seconds, or the full one.
    ///
    ///     NEXENV_FUZZ=full swift test --filter Fuzz
    ///
    /// - Parameters:
    ///   - debug: How many every run tries.
    ///   - full: How many a release is worth.
    /// - Returns: One of the two.
    static func count(debug: Int, full: Int) -> Int {
        ProcessInfo.processInfo.environment["NEXENV_FUZZ"] == "full" ? full : debug
    }
}
