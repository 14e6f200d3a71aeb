import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A child that goes on when its parent ends.
package enum DetachedProcess {
    /// Starts a program with two of our descriptors as its standard input and output, and our own standard error.
    ///
    /// Nothing else that is open here is open in it: `swift test` leaves ends of its pipes open in the processes that it starts,
    /// and waits until nobody has them any more. It stays in our session until it makes one of its own.
    ///
    /// - Throws: ``NexEnvError``.
    package static func spawn(
        _ program: String,
        _ arguments: [String],
        input: Int32,
        output: Int32
    ) throws(NexEnvError) -> Int32 {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        #else
        var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        #if canImport(Darwin)
        var attributes: posix_spawnattr_t?
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_CLOEXEC_DEFAULT))
        posix_spawn_file_actions_addinherit_np(&actions, STDERR_FILENO)
        #else
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in open.compactMap({ Int32($0) }) where descriptor > STDERR_FILENO {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        #endif
        defer { posix_spawnattr_destroy(&attributes) }
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        argv.append(nil)
        defer { for pointer in argv { free(pointer) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, program, &actions, &attributes, argv, environ)
        guard status == 0 else { throw NexEnvError.systemCall("start \(program)", status) }
        return pid
    }

    /// Makes a pipe whose ends no other child gets.
    package static func pipe() throws(NexEnvError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
        let status = Darwin.pipe(&ends)
        #else
        let status = Glibc.pipe(&ends)
        #endif
        guard status == 0 else { throw NexEnvError.systemCall("make a pipe", errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
