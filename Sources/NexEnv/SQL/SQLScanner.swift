/// Reads SQL token by token, as psql's scanner (`psqlscan.l`) does.
struct SQLScanner {
    /// What a token is.
    enum Kind: Sendable {
        /// A keyword or a name without quotes.
        case word
        case number
        /// A text in single quotes, with what stands before them, or in dollar quotes.
        case text
        /// A name in double quotes.
        case quotedName
        /// Characters that operators are made of, as many as stand together.
        case operation
        /// One byte of anything else.
        case symbol
        /// From two dashes to the end of the line.
        case lineComment
        /// Between slashes and stars, nested ones included.
        case comment
        /// A backslash: psql's own commands start with one.
        case backslash
    }

    /// One token and where it lies.
    struct Token {
        var kind: Kind
        var range: Range<Int>
        /// What is wrong with it: it never ends.
        var problem: String?
    }

    let bytes: [UInt8]
    private(set) var index: Int

    init(_ bytes: [UInt8], from index: Int = 0) {
        self.bytes = bytes
        self.index = index
    }

    /// Goes on from another place.
    mutating func move(to place: Int) { index = min(place, bytes.count) }

    /// Returns the next token, or nothing at the end.
    mutating func next() -> Token? {
        while index < bytes.count, Self.isBlank(bytes[index]) { index += 1 }
        guard index < bytes.count else { return nil }
        let start = index
        var token = Token(kind: .symbol, range: start..<start)
        (token.kind, token.problem) = scan(bytes[start])
        token.range = start..<index
        return token
    }

    private mutating func scan(_ byte: UInt8) -> (Kind, String?) {
        switch byte {
        case UInt8(ascii: "-") where isNext("-"):
            skipLineComment()
            return (.lineComment, nil)
        case UInt8(ascii: "/") where isNext("*"): return (.comment, skipComment())
        case UInt8(ascii: "'"): return (.text, skipQuoted(byte, escapes: false))
        case UInt8(ascii: "\""): return (.quotedName, skipQuoted(byte, escapes: false))
        case UInt8(ascii: "$"): return skipDollar()
        case UInt8(ascii: "\\"):
            index += 1
            return (.backslash, nil)
        case _ where Self.isDigit(byte):
            skipNumber()
            return (.number, nil)
        case _ where Self.isWordStart(byte): return skipWord()
        case _ where Self.isOperator(byte):
            skipOperator()
            return (.operation, nil)
        default:
            index += 1
            return (.symbol, nil)
        }
    }

    private func isNext(_ scalar: Unicode.Scalar) -> Bool {
        index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: scalar)
    }

    // MARK: - Words, numbers, operators

    private mutating func skipWord() -> (Kind, String?) {
        let start = index
        while index < bytes.count, Self.isWordPart(bytes[index]) { index += 1 }
        let isEscape = index - start == 1 && bytes[start] | 0x20 == UInt8(ascii: "e")
        guard isEscape, index < bytes.count, bytes[index] == UInt8(ascii: "'") else { return (.word, nil) }
        var problem = skipQuoted(UInt8(ascii: "'"), escapes: true)
        // A text that goes on in quotes on a later line goes on with its escapes (PostgreSQL, "String Constants").
        while problem == nil, let next = continuation {
            index = next
            problem = skipQuoted(UInt8(ascii: "'"), escapes: true)
        }
        return (.text, problem)
    }

    /// Where a text in quotes goes on: behind blanks and comments with a line end among them.
    private var continuation: Int? {
        var place = index
        var hasLineEnd = false
        while place < bytes.count {
            if Self.isBlank(bytes[place]) {
                hasLineEnd = hasLineEnd || Self.isLineEnd(bytes[place])
                place += 1
            } else if bytes[place...].starts(with: "--".utf8) {
                while place < bytes.count, !Self.isLineEnd(bytes[place]) { place += 1 }
            } else {
                return hasLineEnd && bytes[place] == UInt8(ascii: "'") ? place : nil
            }
        }
        return nil
    }

    private mutating func skipNumber() {
        while index < bytes.count, Self.isDigit(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
        // `1e5`, `0x1F`, and whatever else is stuck to it.
        guard index < bytes.count, Self.isWordStart(bytes[index]) else { return }
        while index < bytes.count, Self.isWordPart(bytes[index]) { index += 1 }
    }

    private mutating func skipOperator() {
        repeat { index += 1 } while index < bytes.count && Self.isOperator(bytes[index]) && !startsComment
    }

    private var startsComment: Bool {
        (bytes[index] == UInt8(ascii: "-") && isNext("-")) || (bytes[index] == UInt8(ascii: "/") && isNext("*"))
    }

    // MARK: - Quotes and comments

    /// psql ends such a comment at a carriage return too, so what follows one is no comment.
    private mutating func skipLineComment() {
        while index < bytes.count, !Self.isLineEnd(bytes[index]) { index += 1 }
    }

    private mutating func skipComment() -> String? {
        var depth = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "/"), isNext("*") {
                depth += 1
                index += 2
            } else if bytes[index] == UInt8(ascii: "*"), isNext("/") {
                depth -= 1
                index += 2
                if depth == 0 { return nil }
            } else {
                index += 1
            }
        }
        return "the comment is never closed"
    }

    private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) -> String? {
        index += 1
        while index < bytes.count {
            if escapes, bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] == quote {
                index += 1
                guard index < bytes.count, bytes[index] == quote else { return nil }
                index += 1
            } else {
                index += 1
            }
        }
        index = bytes.count
        return "the quote is never closed"
    }

    private mutating func skipDollar() -> (Kind, String?) {
        let start = index
        var end = index + 1
        if end < bytes.count, Self.isWordStart(bytes[end]) {
            while end < bytes.count, Self.isWordPart(bytes[end]), bytes[end] != UInt8(ascii: "$") { end += 1 }
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
            index += 1
            return (.symbol, nil)
        }
        let tag = bytes[start...end]
        var search = end + 1
        while search + tag.count <= bytes.count {
            guard let dollar = bytes[search...].firstIndex(of: UInt8(ascii: "$")) else { break }
            if dollar + tag.count <= bytes.count, bytes[dollar..<(dollar + tag.count)].elementsEqual(tag) {
                index = dollar + tag.count
                return (.text, nil)
            }
            search = dollar + 1
        }
        index = bytes.count
        return (.text, "the quote \(String(decoding: tag, as: UTF8.self)) is never closed")
    }

    // MARK: - Bytes

    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte) }

    static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isWordStart(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
            || byte >= 0x80
    }

    private static func isWordPart(_ byte: UInt8) -> Bool {
        isWordStart(byte) || isDigit(byte) || byte == UInt8(ascii: "$")
    }

    private static func isOperator(_ byte: UInt8) -> Bool { operators.contains(byte) }

    private static let operators = Set("+-*/<>=~!@#%^&|`?".utf8)
}
