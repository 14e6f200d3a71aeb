#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension UnsafeRawBufferPointer {
    /// Returns where a byte stands next, with the C library's vector instructions.
    func index(of byte: UInt8, from start: Int) -> Int? {
        guard start < count, let base = baseAddress, let found = memchr(base + start, Int32(byte), count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }
}
