#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A regular file that is read at any place, by anyone.
package final class ReadOnlyFile: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Opens a file.
    ///
    /// - Throws: ``NexEnvError``.
    package init(_ path: String) throws(NexEnvError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw NexEnvError.systemCall("read \(path)", errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Reads from a place on, and returns how many bytes there were: fewer than there is room for only at the end.
    ///
    /// - Throws: ``NexEnvError``.
    package func read(at offset: Int, into room: UnsafeMutableRawBufferPointer) throws(NexEnvError) -> Int {
        var count = 0
        while count < room.count {
            let read = pread(descriptor, room.baseAddress.map { $0 + count }, room.count - count, off_t(offset + count))
            if read == 0 { break }
            if read > 0 {
                count += read
            } else if errno != EINTR {
                throw NexEnvError.systemCall("read \(path)", errno)
            }
        }
        return count
    }
}
