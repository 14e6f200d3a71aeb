#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Who runs this process, and where: what others are told of it.
package enum RunningUser {
    /// `user@host`.
    package static let description = "\(name)@\(host)"

    /// This process's number.
    package static var pid: Int32 { getpid() }

    /// The process that has started this one.
    package static var parent: Int32 { getppid() }

    /// The user's name, or number where it has none.
    package static var name: String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
        else { return "\(geteuid())" }
        return String(cString: name)
    }

    /// The machine's name as it knows it itself; nobody is asked over the network.
    package static var host: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
