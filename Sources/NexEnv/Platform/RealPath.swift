#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Returns the absolute path of a file with every link resolved, or nothing where the file can't be reached.
package func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
