extension String {
    /// Creates a text from UTF-8; `nil` where it isn't.
    ///
    /// Several times faster than `String(validating:as:)` for the short texts that seeds are made of.
    init?(utf8 bytes: UnsafeRawBufferPointer) {
        let bytes = bytes.bindMemory(to: UInt8.self)
        self = String(decoding: bytes, as: UTF8.self)
        if bytes.contains(where: { $0 >= 0x80 }), !utf8.elementsEqual(bytes) { return nil }
    }
}
