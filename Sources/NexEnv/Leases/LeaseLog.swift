import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What leases cost, a line for each, from all processes of a run.
package enum LeaseLog {
    package struct Entry: Sendable, Codable {
        package var place: DatabasePlace
        /// Seconds until the test had the copy, and until it was brought back.
        package var lease: Double
        package var back: Double
        /// Whether it had to be made anew afterwards.
        package var isMade: Bool
        package var leaks: Int
    }

    /// What all leases of a run came to.
    package struct Summary: Sendable, Codable {
        package var leases = 0
        /// Milliseconds until a test had its copy: half of them were faster, and all but one in a hundred.
        package var leaseP50 = 0.0
        package var leaseP99 = 0.0
        package var backP50 = 0.0
        package var backP99 = 0.0
        /// How many copies had to be made anew after a test.
        package var made = 0
        package var leaks = 0
    }

    /// Sums up a run; nothing when nobody has leased anything.
    package static func summary(_ folder: String) -> Summary? {
        guard let text = try? String(contentsOfFile: path(folder), encoding: .utf8) else { return nil }
        let entries = text.split(separator: "\n").compactMap { line -> [Double]? in
            let numbers = line.split(separator: " ").suffix(4).compactMap { Double($0) }
            return numbers.count == 4 ? numbers : nil
        }
        guard !entries.isEmpty else { return nil }
        func quantile(_ column: Int, _ part: Double) -> Double {
            let sorted = entries.map { $0[column] }.sorted()
            return sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))] * 1_000
        }
        var summary = Summary()
        summary.leases = entries.count
        summary.leaseP50 = quantile(0, 0.5)
        summary.leaseP99 = quantile(0, 0.99)
        summary.backP50 = quantile(1, 0.5)
        summary.backP99 = quantile(1, 0.99)
        summary.made = entries.count { $0[2] > 0 }
        summary.leaks = entries.reduce(0) { $0 + Int($1[3]) }
        return summary
    }

    private static func path(_ folder: String) -> String { folder + "/leases.log" }

    /// Adds an entry; a log that can't be written stops nobody.
    static func add(_ entry: Entry, _ folder: String) {
        let line = "\(entry.place) \(entry.lease) \(entry.back) \(entry.isMade ? 1 : 0) \(entry.leaks)\n"
        let descriptor = open(path(folder), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        // One write of a few bytes at the end of a file comes in between no other.
        _ = Array(line.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }
}
