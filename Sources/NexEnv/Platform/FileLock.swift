#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// An exclusive lock on a file, which the kernel frees when its holder ends, however it ends.
///
/// What has to end before the next command may look inherits it, and holds on to it when nexenv itself is killed: the launcher
/// of a native server, and `docker` at work, which gets it as its standard input. Other children have every descriptor closed.
package final class FileLock: Sendable {
    /// The lock that the running command holds, for the children that have to hold it with it.
    @TaskLocal package static var held: FileLock?

    /// The open file; whoever has a copy of it holds the lock.
    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        // Not unlocked but closed: a launcher that has inherited the descriptor goes on holding the lock.
        close(descriptor)
    }

    /// Takes the lock if nobody holds it, and leaves a note in the file that says who does.
    ///
    /// - Parameters:
    ///   - path: The file; made with mode 0600 when it is missing.
    ///   - note: What others are told while they wait, such as `nexenv up (pid 812)`.
    /// - Returns: The lock, or nothing while somebody else holds it.
    /// - Throws: ``NexEnvError`` when the file can't be opened.
    package static func tryLock(_ path: String, note: String) throws(NexEnvError) -> FileLock? {
        let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw NexEnvError.systemCall("open \(path)", errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let problem = errno
            close(descriptor)
            if problem == EWOULDBLOCK || problem == EINTR { return nil }
            throw NexEnvError.systemCall("lock \(path)", problem)
        }
        let bytes = Array(note.utf8)
        ftruncate(descriptor, 0)
        _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        return FileLock(descriptor: descriptor)
    }
}

extension NexEnvError {
    /// An error of the operating system.
    package static func systemCall(_ what: String, _ number: Int32) -> NexEnvError {
        let text = String(cString: strerror(number))
        if number == ENOSPC || number == EDQUOT {
            return NexEnvError(.diskFull, "can't \(what): the disk is full", hint: "free some space and run it again")
        }
        return NexEnvError(.inputOutput, "can't \(what): \(text)")
    }
}
