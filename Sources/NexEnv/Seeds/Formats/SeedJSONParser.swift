/// Reads one JSON value (RFC 8259), numbers with every digit, Extended JSON with its types.
///
/// Stricter than many readers: a key that stands twice in an object is a problem, and so is half of a surrogate pair.
struct SeedJSONParser {
    /// What is wrong, and how many bytes stand before it.
    struct Problem: Error {
        var message: String
        var offset: Int
    }

    /// How deep collections may nest; MongoDB allows 100 levels.
    static let deepest = 200

    private let bytes: UnsafeRawBufferPointer
    private let isExtended: Bool
    private var offset = 0
    private var depth = 0

    /// Creates a reader.
    ///
    /// - Parameter isExtended: Whether an object whose first name begins with a dollar is Extended JSON.
    init(_ bytes: UnsafeRawBufferPointer, isExtended: Bool = true) {
        self.bytes = bytes
        self.isExtended = isExtended
    }

    /// Reads the only value of the bytes.
    static func parse(_ bytes: UnsafeRawBufferPointer, isExtended: Bool = true) throws(Problem) -> SeedValue {
        var parser = SeedJSONParser(bytes, isExtended: isExtended)
        let value = try parser.value()
        parser.skipBlanks()
        guard parser.offset == bytes.count else { throw parser.problem("nothing may follow the value") }
        return value
    }

    // MARK: - Values

    private mutating func value() throws(Problem) -> SeedValue {
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t") where take("true"): return .bool(true)
        case UInt8(ascii: "f") where take("false"): return .bool(false)
        case UInt8(ascii: "n") where take("null"): return .null
        case 0 where offset >= bytes.count: throw problem("the text ends where a value is expected")
        default: throw problem("a value is expected")
        }
    }

    private mutating func array() throws(Problem) -> SeedValue {
        try enter()
        defer { depth -= 1 }
        var values: [SeedValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            values.append(try value())
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(values) }
            guard take(UInt8(ascii: ",")) else { throw problem("a comma or ] is expected") }
        }
    }

    private mutating func object() throws(Problem) -> SeedValue {
        let start = offset
        try enter()
        defer { depth -= 1 }
        var fields: [SeedValue.Field] = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .document([]) }
        var names = Names()
        while true {
            skipBlanks()
            let place = offset
            guard next == UInt8(ascii: "\"") else { throw problem("a key in double quotes is expected") }
            let name = try string(isKey: true)
            guard names.insert(name, fields) else {
                throw Problem(message: "the key `\(name)` stands here twice", offset: place)
            }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw problem("a colon is expected") }
            fields.append(SeedValue.Field(name, try value()))
            skipBlanks()
            if take(UInt8(ascii: "}")) { break }
            guard take(UInt8(ascii: ",")) else { throw problem("a comma or } is expected") }
        }
        guard isExtended, fields[0].name.utf8.first == UInt8(ascii: "$") else { return .document(fields) }
        do {
            return try SeedValue(extendedJSON: fields)
        } catch {
            throw Problem(message: error.message, offset: start)
        }
    }

    /// The names of an object, compared by their bytes: Swift counts an accent spelled in two ways as the same text.
    private struct Names {
        private var known: Set<[UInt8]>?

        /// Adds a name; returns false for one that is there already.
        mutating func insert(_ name: String, _ fields: [SeedValue.Field]) -> Bool {
            if known == nil, fields.count < 16 {
                return !fields.contains { $0.name == name && $0.name.utf8.elementsEqual(name.utf8) }
            }
            if known == nil { known = Set(fields.map { Array($0.name.utf8) }) }
            return known?.insert(Array(name.utf8)).inserted ?? false
        }
    }

    private mutating func enter() throws(Problem) {
        guard depth < Self.deepest else { throw problem("more than \(Self.deepest) levels of nesting") }
        depth += 1
        offset += 1
    }

    // MARK: - Numbers

    private mutating func number() throws(Problem) -> SeedValue {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[offset - whole] != UInt8(ascii: "0") else {
            throw Problem(message: "a number begins with a digit, and with 0 only before a point", offset: start)
        }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard digits() > 0 else { throw problem("a digit is expected after the point") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw problem("a digit is expected in the exponent") }
        }
        if isWhole, let integer = integer(from: start) { return .integer(integer) }
        return .decimal(String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    /// Returns the whole number that ends here; nothing where 64 bits can't hold it.
    private func integer(from start: Int) -> Int64? {
        let isNegative = bytes[start] == UInt8(ascii: "-")
        var number: Int64 = 0
        for byte in bytes[(isNegative ? start + 1 : start)..<offset] {
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - UInt8(ascii: "0"))
            // Downwards, since the lowest number has no counterpart.
            let (next, isLarger) = tens.subtractingReportingOverflow(digit)
            if isTooLarge || isLarger { return nil }
            number = next
        }
        return isNegative ? number : number == .min ? nil : -number
    }

    private mutating func digits() -> Int {
        let start = offset
        while UInt8(ascii: "0")...UInt8(ascii: "9") ~= next { offset += 1 }
        return offset - start
    }

    // MARK: - Texts

    private mutating func string(isKey: Bool = false) throws(Problem) -> String {
        let start = offset
        offset += 1
        let from = offset
        skipOrdinary()
        if next == UInt8(ascii: "\"") {
            offset += 1
            return try text(String(utf8: UnsafeRawBufferPointer(rebasing: bytes[from..<offset - 1])), start)
        }
        var content = Array(bytes[from..<offset])
        while true {
            switch next {
            case UInt8(ascii: "\""):
                offset += 1
                // Only an escape spells a NUL, which ends a key in BSON.
                if isKey, content.contains(0) {
                    throw Problem(message: "a key can't hold a NUL character", offset: start)
                }
                return try text(content.withUnsafeBytes { String(utf8: $0) }, start)
            case UInt8(ascii: "\\"): content += String(Character(try escape())).utf8
            case _ where offset >= bytes.count:
                throw Problem(message: "the quote is never closed", offset: start)
            default: throw problem("a control character in a string is written as an escape")
            }
            let from = offset
            skipOrdinary()
            content += bytes[from..<offset]
        }
    }

    private func text(_ text: String?, _ start: Int) throws(Problem) -> String {
        guard let text else { throw Problem(message: "the text is not UTF-8", offset: start) }
        return text
    }

    /// Moves on to a quote, an escape, a control character or the end.
    private mutating func skipOrdinary() {
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            offset += 1
        }
    }

    private mutating func escape() throws(Problem) -> Unicode.Scalar {
        let start = offset
        offset += 1
        let byte = next
        offset += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw Problem(message: "there is no such escape", offset: start)
        }
        let first = try codeUnit(start)
        guard 0xd800..<0xe000 ~= first else { return Unicode.Scalar(first) ?? "\u{fffd}" }
        guard first < 0xdc00, take("\\u"), case let second = try codeUnit(start), 0xdc00..<0xe000 ~= second else {
            throw Problem(message: "half of a surrogate pair is missing", offset: start)
        }
        let scalar = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
        return Unicode.Scalar(scalar) ?? "\u{fffd}"
    }

    private mutating func codeUnit(_ start: Int) throws(Problem) -> UInt16 {
        let digits = String(decoding: bytes.dropFirst(offset).prefix(4), as: UTF8.self)
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
            throw Problem(message: "four hexadecimal digits are expected", offset: start)
        }
        offset += 4
        return unit
    }

    // MARK: - Bytes

    /// The next byte; 0, which no value starts with, at the end.
    private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    private mutating func skipBlanks() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0a, 0x0d, 0x09: offset += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte, offset < bytes.count else { return false }
        offset += 1
        return true
    }

    private mutating func take(_ word: StaticString) -> Bool {
        guard
            bytes.dropFirst(offset).starts(
                with: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
            )
        else { return false }
        offset += word.utf8CodeUnitCount
        return true
    }

    private func problem(_ message: String) -> Problem {
        Problem(message: message, offset: offset)
    }
}
