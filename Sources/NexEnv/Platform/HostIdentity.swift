import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Where a process number means what it says: one run of one machine, and there the space that processes are numbered in.
package enum HostIdentity {
    #if canImport(Darwin)
    /// The machine's name and the number of its current run.
    package static let current: String = {
        var size = 64
        var session = [CChar](repeating: 0, count: size)
        guard sysctlbyname("kern.bootsessionuuid", &session, &size, nil, 0) == 0 else { return RunningUser.host }
        return "\(RunningUser.host) \(String(cString: session))"
    }()
    #else
    /// The number of the machine's current run, and of the space that processes are numbered in (pid_namespaces(7)): a container
    /// has one of its own.
    package static let current: String = {
        let run = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        return "\(run?.trimmingCharacters(in: .whitespacesAndNewlines) ?? RunningUser.host) \(space ?? "")"
    }()
    #endif
}

extension ProcessIdentity {
    /// This very process.
    package static let own =
        ProcessIdentity(running: RunningUser.pid) ?? ProcessIdentity(pid: RunningUser.pid, startTime: 0)
}
