import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A process with all its children, and theirs.
enum ProcessTree {
    /// Ends a process and all that it has started: asked first, then killed.
    static func end(_ root: ProcessIdentity) async {
        guard root.isRunning else { return }
        let all = [root] + descendants(of: root.pid)
        for process in all { process.send(SIGTERM) }
        let deadline = ContinuousClock.now + .seconds(5)
        while all.contains(where: \.isRunning), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        for process in all { process.send(SIGKILL) }
    }

    private static func descendants(of pid: Int32) -> [ProcessIdentity] {
        children(of: pid).flatMap { child in
            [ProcessIdentity(running: child)].compactMap { $0 } + descendants(of: child)
        }
    }

    #if canImport(Darwin)
    private static func children(of pid: Int32) -> [Int32] {
        var buffer = [Int32](repeating: 0, count: 4_096)
        let count = proc_listchildpids(pid, &buffer, Int32(buffer.count * MemoryLayout<Int32>.size))
        return Array(buffer.prefix(max(0, Int(count))))
    }
    #else
    private static func children(of pid: Int32) -> [Int32] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return threads.flatMap { thread in
            let text = kernelFile("/proc/\(pid)/task/\(thread)/children") ?? ""
            return text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        }
    }
    #endif
}
