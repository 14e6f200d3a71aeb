import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A process that can't be confused with a later one of the same number: pid and start time.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    package var pid: Int32

    /// When the process started: clock ticks since boot on Linux, microseconds since 1970 on macOS.
    package var startTime: UInt64

    package init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// The identity of a process that runs now; nothing for one that has ended, a zombie included.
    package init?(running pid: Int32) {
        guard let startTime = Self.startTime(of: pid) else { return nil }
        self.init(pid: pid, startTime: startTime)
    }

    /// Whether this very process still runs.
    package var isRunning: Bool { Self.startTime(of: pid) == startTime }

    /// Sends a signal if the process is still the one that was meant.
    ///
    /// - Returns: Whether it was sent.
    @discardableResult
    package func send(_ signal: Int32) -> Bool {
        isRunning && kill(pid, signal) == 0
    }

    #if canImport(Darwin)
    private static func startTime(of pid: Int32) -> UInt64? {
        var info = proc_bsdinfo()
        let size = Int32(MemoryLayout<proc_bsdinfo>.size)
        guard proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &info, size) == size, info.pbi_status != UInt32(SZOMB) else {
            return nil
        }
        return info.pbi_start_tvsec * 1_000_000 + info.pbi_start_tvusec
    }
    #else
    /// Reads field 22 of `/proc/PID/stat` (proc(5)); the name in field 2 may hold spaces and parentheses.
    ///
    /// A zombie that still has threads hasn't ended: one of them is about to become another program, and takes the place of
    /// the first thread, which the kernel ends for that (execve(2)). Between the two there is a moment without an answer.
    private static func startTime(of pid: Int32) -> UInt64? {
        for _ in 0..<100 {
            guard let text = kernelFile("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
                if kill(pid, 0) != 0, errno == ESRCH { return nil }
                continue
            }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 19, fields[0] != "X" else { return nil }
            if fields[0] == "Z", fields[17] == "1" { return nil }
            return UInt64(fields[19])
        }
        return nil
    }
    #endif
}
