/// Swift strings as the array of C strings that a C function reads during one call.
enum CStringArray {
    /// Calls a closure with pointers to NUL-terminated copies, followed by a null pointer.
    ///
    /// All text lies in one buffer, so there is nothing to free one by one. `nil` stays a null pointer.
    static func withPointers<Result>(
        _ strings: [String?],
        _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        var text: [UInt8] = []
        var offsets: [Int?] = []
        for string in strings {
            offsets.append(string == nil ? nil : text.count)
            guard let string else { continue }
            text.append(contentsOf: string.utf8)
            text.append(0)
        }
        return text.withUnsafeBytes { bytes in
            let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return body(offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } } + [nil])
        }
    }
}
