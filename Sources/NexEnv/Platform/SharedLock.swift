#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A lock that any number of processes hold at once, as long as nobody holds it alone.
final class SharedLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock; nothing while somebody holds it alone.
    static func tryTake(_ path: String) throws(NexEnvError) -> SharedLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            // The folder is gone, and all that it was about.
            if errno == ENOENT { return nil }
            throw NexEnvError.systemCall("open \(path)", errno)
        }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return SharedLock(descriptor: descriptor)
    }
}
