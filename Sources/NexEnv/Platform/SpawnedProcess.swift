import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A child that nobody but its starter looks after: its pid is all that is known of it.
enum SpawnedProcess {
    /// Starts a program, which has our variables, directory, session and open descriptors.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - environment: Variables added to ours.
    ///   - moving: Descriptors of ours, each with the number that it has in the child; one of the same number stays open on exec.
    ///   - closesOthers: Whether the child has nothing else open but its standard error.
    ///   - hasShellSignals: Whether the child heeds signals as a shell's does: we ignore some, and threads of a pool block others.
    /// - Throws: ``NexEnvError``.
    static func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        moving: [(own: Int32, child: Int32)] = [],
        closesOthers: Bool = false,
        hasShellSignals: Bool = false
    ) throws(NexEnvError) -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        for move in moving { posix_spawn_file_actions_adddup2(&actions, move.own, move.child) }
        var flags: Int32 = 0
        if hasShellSignals {
            var signals = sigset_t()
            sigemptyset(&signals)
            posix_spawnattr_setsigmask(&attributes, &signals)
            for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&signals, number) }
            posix_spawnattr_setsigdefault(&attributes, &signals)
            flags |= Int32(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        }
        if closesOthers {
            #if canImport(Darwin)
            flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
            posix_spawn_file_actions_addinherit_np(&actions, STDERR_FILENO)
            #else
            let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
            for descriptor in open.compactMap({ Int32($0) }) where descriptor > STDERR_FILENO {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
            #endif
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, program, &actions, &attributes, &argv, &envp)
        guard status == 0 else { throw .systemCall("start \(program)", status) }
        return pid
    }
}
