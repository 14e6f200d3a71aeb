#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Returns the size of a file in bytes, or nothing where it is missing or no regular file: a pipe would be waited for.
package func regularFileSize(_ path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
}
