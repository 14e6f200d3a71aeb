#if os(Linux)
import Foundation

/// Returns all of a file that the kernel writes while it is read (proc(5)), or nothing where it can't be read.
///
/// The kernel hands out a page at a time, which `String(contentsOfFile:)` takes for the end; and a process may have any
/// bytes for a name, which must not hide the rest.
package func kernelFile(_ path: String) -> String? {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    return (try? handle.readToEnd()).map { String(decoding: $0, as: UTF8.self) }
}
#endif
