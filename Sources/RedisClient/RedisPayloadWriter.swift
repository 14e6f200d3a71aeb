/// Writes the parts of a payload to a place that has room for all of it.
struct RedisPayloadWriter {
    let target: UnsafeMutableRawBufferPointer
    private(set) var offset = 0

    init(target: UnsafeMutableRawBufferPointer) {
        self.target = target
    }

    /// What was written.
    var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: target[..<offset]) }

    /// Writes the lowest bytes of an integer, the lowest first.
    mutating func put(_ integer: Int, width: Int) {
        for place in 0..<width { target[offset + place] = UInt8(truncatingIfNeeded: integer >> (8 * place)) }
        offset += width
    }

    /// Writes a length below 2^14, in one byte or two.
    mutating func put(length: Int) {
        if length >= 1 << 6 { put(1 << 6 | length >> 8, width: 1) }
        put(length, width: 1)
    }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: bytes)
        offset += bytes.count
    }
}

/// Reads what ``RedisPayloadWriter`` has written.
struct RedisPayloadReader {
    let source: UnsafeRawBufferPointer
    private var offset = 0

    init(source: UnsafeRawBufferPointer) {
        self.source = source
    }

    mutating func byte() -> Int { integer(width: 1) & 0xff }

    /// Reads an integer that may be below zero.
    mutating func integer(width: Int) -> Int {
        let bits = (0..<width).reduce(0) { $0 | Int(source[offset + $1]) << (8 * $1) }
        offset += width
        let unused = Int.bitWidth - 8 * width
        return (bits << unused) >> unused
    }

    mutating func length() -> Int {
        let first = byte()
        return first < 1 << 6 ? first : (first & 0x3f) << 8 | byte()
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        offset += count
        return Array(source[offset - count..<offset])
    }
}
