/// Words as a server keeps those of a small hash: one after the other, and numbers as numbers.
///
/// ```
/// length (4 bytes) | number of words (2) | word, its length (1) | … | 255
/// ```
/// Source: `src/listpack.c` of Redis 7.0. Words here have less than 64 bytes, so that one byte says how long each is.
enum RedisListpack {
    static let longestWord = 63
    private static let header = 6

    // MARK: - Writing

    /// Returns how many bytes words will have, none of which is longer than ``longestWord``.
    static func size(of words: UnsafeBufferPointer<Range<Int>>, in bytes: UnsafeRawBufferPointer) -> Int {
        var size = header + 1
        for word in words {
            let word = UnsafeRawBufferPointer(rebasing: bytes[word])
            size += 1 + (integer(word).map { 1 + width(of: $0) } ?? 1 + word.count)
        }
        return size
    }

    /// Writes words, which have that size.
    static func write(
        _ words: UnsafeBufferPointer<Range<Int>>,
        in bytes: UnsafeRawBufferPointer,
        size: Int,
        to target: inout RedisPayloadWriter
    ) {
        target.put(size, width: 4)
        target.put(words.count, width: 2)
        for word in words {
            let word = UnsafeRawBufferPointer(rebasing: bytes[word])
            let start = target.offset
            if let integer = integer(word) {
                write(integer, to: &target)
            } else {
                target.put(0x80 | word.count, width: 1)
                target.put(word)
            }
            target.put(target.offset - start, width: 1)
        }
        target.put(0xff, width: 1)
    }

    private static func write(_ integer: Int, to target: inout RedisPayloadWriter) {
        switch width(of: integer) {
        case 0: target.put(integer, width: 1)
        case 1:
            target.put(0xc0 | (integer >> 8) & 0x1f, width: 1)
            target.put(integer, width: 1)
        case let width:
            target.put(0xf0 + (width == 8 ? 4 : width - 1), width: 1)
            target.put(integer, width: width)
        }
    }

    /// Returns how many bytes an integer has besides the first.
    private static func width(of integer: Int) -> Int {
        switch integer {
        case 0...127: 0
        case -4_096...4_095: 1
        case -1 << 15..<1 << 15: 2
        case -1 << 23..<1 << 23: 3
        case -1 << 31..<1 << 31: 4
        default: 8
        }
    }

    /// Reads a word that is an integer as integers are printed.
    private static func integer(_ word: UnsafeRawBufferPointer) -> Int? {
        guard let first = word.first, first <= UInt8(ascii: "9"), word.count <= 20 else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let digits = UnsafeRawBufferPointer(rebasing: word[(isNegative ? 1 : 0)...])
        guard let first = digits.first, first != UInt8(ascii: "0") || word.count == 1 else { return nil }
        // Below zero there is one more.
        var integer = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            let (tens, isTooSmall) = integer.multipliedReportingOverflow(by: 10)
            let (sum, isBelow) = tens.subtractingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            guard !isTooSmall, !isBelow else { return nil }
            integer = sum
        }
        if isNegative { return integer }
        return integer == .min ? nil : -integer
    }

    // MARK: - Reading

    /// Returns the words of a listpack that was written here.
    static func words(_ source: inout RedisPayloadReader) -> [[UInt8]] {
        _ = source.integer(width: 4)
        let count = source.integer(width: 2)
        let words = (0..<count).map { _ in
            let word = word(&source)
            _ = source.byte()
            return word
        }
        _ = source.byte()
        return words
    }

    private static func word(_ source: inout RedisPayloadReader) -> [UInt8] {
        let first = source.byte()
        let integer =
            switch first {
            case ..<0x80: first
            case ..<0xc0: nil as Int?
            case ..<0xe0: (((first & 0x1f) << 8 | source.byte()) << (Int.bitWidth - 13)) >> (Int.bitWidth - 13)
            default: source.integer(width: first == 0xf4 ? 8 : first - 0xef)
            }
        return integer.map { Array("\($0)".utf8) } ?? source.bytes(first & 0x3f)
    }
}
