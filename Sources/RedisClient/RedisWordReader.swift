/// Goes over commands that were made here.
struct RedisWordReader {
    let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Returns where the words of the next command stand.
    mutating func command() -> [Range<Int>] {
        (0..<number()).map { _ in
            let length = number()
            offset += length + 2
            return offset - length - 2..<offset - 2
        }
    }

    /// Reads a kind and a number, and the end of their line.
    private mutating func number() -> Int {
        var number = 0
        offset += 1
        while bytes[offset] != UInt8(ascii: "\r") {
            number = 10 * number + Int(bytes[offset] - UInt8(ascii: "0"))
            offset += 1
        }
        offset += 2
        return number
    }
}
