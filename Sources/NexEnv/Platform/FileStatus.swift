import Foundation

/// What tells whether a file is still the one that was read before.
struct FileStatus {
    var size: Int64
    /// When the content last changed, in microseconds since 1970.
    var changed: Int64
    var inode: UInt64

    /// Looks at a file.
    ///
    /// - Throws: ``NexEnvError`` when it isn't there.
    init(of path: String) throws(NexEnvError) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let size = attributes[.size] as? Int, let date = attributes[.modificationDate] as? Date
        else { throw NexEnvError.systemCall("read \(path)", ENOENT) }
        self.size = Int64(size)
        changed = Int64(date.timeIntervalSince1970 * 1_000_000)
        inode = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
    }
}
