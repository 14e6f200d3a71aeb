import Encodings

/// Reads the tokens of JSON (RFC 8259).
struct JSONScanner {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool {
        offset == bytes.count
    }

    /// The next byte, or `nil` at the end.
    var next: UInt8? {
        isAtEnd ? nil : bytes[offset]
    }

    /// Tells whether a number begins here.
    var isAtNumber: Bool {
        next.map { $0 == UInt8(ascii: "-") || Self.isDigit($0) } ?? false
    }

    mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
    }

    /// Moves behind a word, if it comes next.
    mutating func skip(_ word: StaticString) -> Bool {
        let matches = word.withUTF8Buffer { bytes[offset...].starts(with: $0) }
        if matches { offset += word.utf8CodeUnitCount }
        return matches
    }

    /// Returns an error at the current place, or at another one.
    func error(_ message: String, at place: Int? = nil) -> BSONError {
        let before = bytes[..<(place ?? offset)]
        let line = before.count { $0 == 0x0a } + 1
        let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        // Bytes that continue a character don't count.
        let column = before[lineStart...].count { $0 & 0xc0 != 0x80 } + 1
        return BSONError(message, position: .init(line: line, column: column))
    }

    /// Reads a number: an integer in the smallest type that holds it, anything else as a double.
    mutating func number() throws(BSONError) -> BSONValue {
        let start = offset
        _ = skip("-")
        let integerDigits = skipDigits()
        guard integerDigits > 0, integerDigits == 1 || bytes[offset - integerDigits] != UInt8(ascii: "0") else {
            throw error("a number begins with a digit, and with 0 only before a point", at: start)
        }
        var isInteger = true
        if skip(".") {
            isInteger = false
            guard skipDigits() > 0 else { throw error("a digit is expected after the point") }
        }
        if skip("e") || skip("E") {
            isInteger = false
            if !skip("+") { _ = skip("-") }
            guard skipDigits() > 0 else { throw error("a digit is expected in the exponent") }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger {
            if let integer = Int32(text) { return .int32(integer) }
            if let integer = Int64(text) { return .int64(integer) }
        }
        guard let number = Double(text), number.isFinite else { throw error("the number is too large", at: start) }
        return .double(number)
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while let byte = next, Self.isDigit(byte) { offset += 1 }
        return offset - start
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Reads text in double quotes.
    mutating func string() throws(BSONError) -> String {
        offset += 1
        var text: [UInt8] = []
        while true {
            let start = offset
            while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { offset += 1 }
            text += bytes[start..<offset]
            switch next {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += String(Character(try escape())).utf8
            case nil:
                throw error("the text ends inside a string")
            default:
                throw error("a control character in a string is written as an escape")
            }
        }
    }

    private mutating func escape() throws(BSONError) -> Unicode.Scalar {
        let start = offset
        offset += 1
        defer { offset = min(offset + 1, bytes.count) }
        switch next {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(start)
        default: throw error("there is no such escape", at: start)
        }
    }

    /// Reads the digits of a `\u` escape, and those of its second half; ends on the last digit.
    private mutating func unicodeEscape(_ start: Int) throws(BSONError) -> Unicode.Scalar {
        let first = try codeUnit(start)
        guard 0xd800..<0xe000 ~= first else { return Unicode.Scalar(first) ?? "\u{fffd}" }
        offset += 1
        guard first < 0xdc00, skip("\\u") else { throw error("half of a surrogate pair is missing", at: start) }
        offset -= 1
        let second = try codeUnit(start)
        guard 0xdc00..<0xe000 ~= second else { throw error("half of a surrogate pair is missing", at: start) }
        let value = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
        return Unicode.Scalar(value) ?? "\u{fffd}"
    }

    private mutating func codeUnit(_ start: Int) throws(BSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            offset += 1
            guard let digit = next.flatMap(Hexadecimal.value) else {
                throw error("four hexadecimal digits are expected", at: start)
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
