#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What tells whether a file is still the one that was read before.
struct FileStatus {
    var size: Int64
    /// When the content last changed, in nanoseconds since 1970.
    var changed: Int64
    var inode: UInt64

    /// Looks at a file.
    ///
    /// - Throws: ``NexEnvError`` when it can't be looked at.
    init(of path: String) throws(NexEnvError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw NexEnvError.systemCall("read \(path)", errno) }
        size = Int64(status.st_size)
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        // Its fields by their names belong to another module in a release build (SwiftOverlayShims), which can't be imported.
        changed = withUnsafeBytes(of: time) { bytes in
            let (seconds, nanoseconds) = bytes.loadUnaligned(as: (Int, Int).self)
            return Int64(seconds) * 1_000_000_000 + Int64(nanoseconds)
        }
        inode = UInt64(status.st_ino)
    }
}
