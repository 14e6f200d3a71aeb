/// A place in bytes of any origin, with bounds-checked steps forward.
struct BSONCursor {
    private(set) var remaining: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        remaining = bytes
    }

    var isAtEnd: Bool {
        remaining.isEmpty
    }

    func malformed(_ message: String) -> BSONError {
        BSONError(message, byteOffset: remaining.startIndex)
    }

    mutating func skip(_ count: Int) {
        remaining = remaining.dropFirst(count)
    }

    mutating func take(_ count: Int) throws(BSONError) -> ArraySlice<UInt8> {
        guard count <= remaining.count else { throw malformed("a value reaches beyond the end") }
        let taken = remaining.prefix(count)
        remaining = remaining.dropFirst(count)
        return taken
    }

    mutating func byte() throws(BSONError) -> UInt8 {
        guard let byte = remaining.popFirst() else { throw malformed("the document ends early") }
        return byte
    }

    /// Reads an integer in little-endian order.
    mutating func integer<Integer: FixedWidthInteger>() throws(BSONError) -> Integer {
        var value: Integer = 0
        for byte in try take(MemoryLayout<Integer>.size).reversed() {
            value = value << 8 | Integer(truncatingIfNeeded: byte)
        }
        return value
    }

    /// Reads a length, which BSON writes as a signed number.
    mutating func length(atLeast minimum: Int) throws(BSONError) -> Int {
        let length: Int32 = try integer()
        guard length >= minimum else { throw malformed("a length is too small") }
        return Int(length)
    }

    /// Reads text that ends with a NUL, and returns it without the NUL.
    mutating func cString() throws(BSONError) -> ArraySlice<UInt8> {
        guard let end = remaining.firstIndex(of: 0) else { throw malformed("a key has no end") }
        let text = remaining[..<end]
        remaining = remaining[(end + 1)...]
        return text
    }

    /// Reads text with a length before it and a NUL behind it; it may have NUL characters inside.
    mutating func string() throws(BSONError) -> String {
        let bytes = try take(try length(atLeast: 1))
        guard bytes.last == 0 else { throw malformed("text doesn't end with a NUL") }
        guard let text = String(validating: bytes.dropLast(), as: UTF8.self) else {
            throw malformed("text isn't UTF-8")
        }
        return text
    }

    /// Reads bytes with their length and subtype before them; the old subtype 2 has a second length inside.
    mutating func binary() throws(BSONError) -> (subtype: UInt8, bytes: ArraySlice<UInt8>) {
        let count = try length(atLeast: 0)
        let subtype = try byte()
        var content = BSONCursor(try take(count))
        guard subtype == 2 else { return (subtype, content.remaining) }
        guard try content.length(atLeast: 0) == content.remaining.count else {
            throw malformed("the two lengths of old binary data differ")
        }
        return (subtype, content.remaining)
    }
}

extension ArraySlice<UInt8> {
    var isValidUTF8: Bool {
        String(validating: self, as: UTF8.self) != nil
    }
}
