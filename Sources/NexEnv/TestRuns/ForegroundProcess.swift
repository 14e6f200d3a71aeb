import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A program that has the terminal, as if the shell had started it.
///
/// It is in our process group, so Ctrl-C reaches both; we only wait then.
package struct ForegroundProcess: Sendable {
    private let pid: Int32
    /// Which process it is; nothing where it has ended already.
    package let identity: ProcessIdentity?

    /// Starts a program.
    ///
    /// - Parameter environment: Variables added to ours.
    /// - Throws: ``NexEnvError`` with code `program-missing`.
    package static func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String]
    ) throws(NexEnvError) -> ForegroundProcess {
        guard let path = program.contains("/") ? program : ProgramFinder().path(of: program) else {
            throw NexEnvError(.programMissing, "there is no program `\(program)`")
        }
        #if canImport(Darwin)
        var attributes: posix_spawnattr_t?
        #else
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The signals as a shell leaves them: we ignore some, and threads of a pool block others.
        var all = sigset_t()
        sigemptyset(&all)
        posix_spawnattr_setsigmask(&attributes, &all)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&all, number) }
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var variables = ProcessInfo.processInfo.environment
        variables.merge(environment) { $1 }
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, path, nil, &attributes, &argv, &envp)
        guard status == 0 else {
            throw status == ENOENT
                ? NexEnvError(.programMissing, "there is no program `\(program)`")
                : .systemCall("run \(program)", status)
        }
        return ForegroundProcess(pid: pid, identity: ProcessIdentity(running: pid))
    }

    /// Waits for its end; asks it to end when the task is cancelled.
    ///
    /// - Returns: Its exit status, or 128 and the signal's number.
    package func wait() async -> Int32 {
        let pid = pid
        return await withTaskCancellationHandler {
            await offPool { Self.wait(for: pid) }
        } onCancel: {
            kill(pid, SIGTERM)
        }
    }

    /// Waits for the end of a child of ours.
    static func wait(for pid: Int32) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
