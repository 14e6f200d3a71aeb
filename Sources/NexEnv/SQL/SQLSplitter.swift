/// Splits an SQL file into statements as psql would, and keeps their places.
///
/// Understood: quotes with doubled quotes, `E''` escapes, dollar quotes with tags, nested comments, parentheses, `BEGIN ATOMIC`
/// bodies (`begin`, `case` and `end` are counted after CREATE FUNCTION or PROCEDURE, as psql does), and the data behind
/// `COPY … FROM stdin`. A psql command (`\c`, `\i`) is a problem: there is no psql to run it.
package struct SQLSplitter {
    private let file: SourceFile
    private let bytes: [UInt8]
    private var index = 0
    private var problems: [Diagnostic] = []
    private var statements: [SQLStatement] = []

    // What is known of the statement that is being read.
    private var start: Int?
    private var words: [String] = []
    private var previousWord = ""
    private var isCopyFromStdin = false
    private var parentheses: [Int] = []
    private var blocks = 0

    // Places are found by walking on from the last one.
    private var line = 1
    private var column = 1
    private var measured = 0

    private init(file: SourceFile) {
        self.file = file
        bytes = Array(file.text.utf8)
    }

    /// Returns the statements of a file.
    ///
    /// - Throws: ``Diagnostics`` for psql commands and for quotes and comments that never end.
    package static func split(_ file: SourceFile) throws(Diagnostics) -> [SQLStatement] {
        var splitter = SQLSplitter(file: file)
        while splitter.index < splitter.bytes.count { splitter.step() }
        splitter.reportOpen()
        splitter.finish(end: splitter.bytes.count)
        guard splitter.problems.isEmpty else { throw Diagnostics(splitter.problems, exitStatus: .dataError) }
        return splitter.statements
    }

    private mutating func step() {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0B, 0x0C: index += 1
        case UInt8(ascii: "-") where next == UInt8(ascii: "-"): skipLineComment()
        case UInt8(ascii: "/") where next == UInt8(ascii: "*"): skipComment()
        case UInt8(ascii: "'"): skipQuoted(byte, escapes: false)
        case UInt8(ascii: "\""): skipQuoted(byte, escapes: false)
        case UInt8(ascii: "$"): skipDollar()
        case UInt8(ascii: ";"): endStatement()
        case UInt8(ascii: "\\"): refuseCommand()
        case UInt8(ascii: "("):
            begin()
            parentheses.append(index)
            index += 1
        case UInt8(ascii: ")"):
            begin()
            _ = parentheses.popLast()
            index += 1
        default:
            begin()
            if isWordStart(byte) { readWord() } else { index += 1 }
        }
    }

    private var next: UInt8? { index + 1 < bytes.count ? bytes[index + 1] : nil }

    private mutating func begin() {
        if start == nil { start = index }
    }

    // MARK: - Words

    private mutating func readWord() {
        let from = index
        while index < bytes.count, isWordPart(bytes[index]) { index += 1 }
        let length = index - from
        if index < bytes.count, bytes[index] == UInt8(ascii: "'"), length == 1, bytes[from] | 0x20 == UInt8(ascii: "e")
        {
            skipQuoted(UInt8(ascii: "'"), escapes: true)
            return
        }
        guard length <= 32 else { return }
        let word = String(decoding: bytes[from..<index], as: UTF8.self).lowercased()
        if words.count < 12 { words.append(word) }
        guard parentheses.isEmpty else { return }
        if words.first == "copy", previousWord == "from", word == "stdin" { isCopyFromStdin = true }
        previousWord = word
        guard isRoutine else { return }
        switch word {
        case "begin": blocks += 1
        case "case" where blocks > 0: blocks += 1
        case "end" where blocks > 0: blocks -= 1
        default: break
        }
    }

    /// Whether the statement creates a function or procedure, whose body may be a `BEGIN ATOMIC` block.
    private var isRoutine: Bool {
        guard words.first == "create" else { return false }
        let second = words.dropFirst().first == "or" ? 3 : 1
        return words.count > second && (words[second] == "function" || words[second] == "procedure")
    }

    private func isWordStart(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
            || byte >= 0x80
    }

    private func isWordPart(_ byte: UInt8) -> Bool {
        isWordStart(byte) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || byte == UInt8(ascii: "$")
    }

    // MARK: - Quotes and comments

    private mutating func skipLine() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    }

    /// psql ends such a comment at a carriage return too, so what follows one is no comment.
    private mutating func skipLineComment() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n"), bytes[index] != UInt8(ascii: "\r") { index += 1 }
    }

    private mutating func skipComment() {
        let from = index
        var depth = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
                depth += 1
                index += 2
            } else if bytes[index] == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
                depth -= 1
                index += 2
                if depth == 0 { return }
            } else {
                index += 1
            }
        }
        report("the comment is never closed", at: from)
    }

    private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
        begin()
        let from = index
        index += 1
        while index < bytes.count {
            if escapes, bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] == quote {
                guard next == quote else {
                    index += 1
                    return
                }
                index += 2
            } else {
                index += 1
            }
        }
        index = bytes.count
        report("the quote is never closed", at: from)
    }

    private mutating func skipDollar() {
        begin()
        let from = index
        var end = index + 1
        if end < bytes.count, isWordStart(bytes[end]) {
            while end < bytes.count, isWordPart(bytes[end]), bytes[end] != UInt8(ascii: "$") { end += 1 }
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
            index += 1
            return
        }
        let tag = bytes[from...end]
        var search = end + 1
        while search + tag.count <= bytes.count {
            guard let dollar = bytes[search...].firstIndex(of: UInt8(ascii: "$")) else { break }
            if dollar + tag.count <= bytes.count, bytes[dollar..<(dollar + tag.count)].elementsEqual(tag) {
                index = dollar + tag.count
                return
            }
            search = dollar + 1
        }
        index = bytes.count
        report("the quote \(String(decoding: tag, as: UTF8.self)) is never closed", at: from)
    }

    private mutating func refuseCommand() {
        let from = index
        skipLine()
        let command = String(decoding: bytes[from..<index], as: UTF8.self).prefix { !$0.isWhitespace }
        let hint =
            switch command {
            case "\\c", "\\connect": "put what follows under the database's own `init:`"
            case "\\i", "\\ir", "\\include": "name the file in the list itself, in the order you want"
            default: "psql's own commands don't reach the server; write SQL"
            }
        report("`\(command)` is a command of psql", at: from, hint: hint)
        start = nil
        words = []
    }

    // MARK: - Statements

    private mutating func endStatement() {
        if !parentheses.isEmpty || blocks > 0 {
            index += 1
            return
        }
        let hasData = isCopyFromStdin
        finish(end: index)
        index += 1
        if hasData { statements[statements.count - 1].copyData = readCopyData() }
    }

    private mutating func finish(end: Int) {
        defer {
            start = nil
            words = []
            previousWord = ""
            isCopyFromStdin = false
            parentheses = []
            blocks = 0
        }
        guard let start else { return }
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        let kind = SQLKeywords.kind(of: words, text: text)
        statements.append(SQLStatement(text: text, position: position(of: start), kind: kind))
    }

    /// Reports what the file ends inside of: the rest of it would be one statement, or none.
    private mutating func reportOpen() {
        if isCopyFromStdin { return report("COPY needs a `;` between it and its data", at: start ?? 0) }
        if let open = parentheses.last { return report("the parenthesis is never closed", at: open) }
        if blocks > 0 { report("`BEGIN ATOMIC` is never closed", at: start ?? 0) }
    }

    private mutating func readCopyData() -> String {
        skipBlanksAndComments()
        if index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
            report("nothing can stand behind `COPY … FROM stdin;`: its data starts on the next line", at: index)
        }
        skipLine()
        index = min(index + 1, bytes.count)
        let from = index
        while index < bytes.count {
            let lineStart = index
            skipLine()
            var lineBytes = bytes[lineStart..<index]
            if lineBytes.last == UInt8(ascii: "\r") { lineBytes = lineBytes.dropLast() }
            index = min(index + 1, bytes.count)
            if lineBytes.elementsEqual("\\.".utf8) { return String(decoding: bytes[from..<lineStart], as: UTF8.self) }
        }
        report("the data of COPY has no closing `\\.`", at: from)
        return ""
    }

    /// Skips what may stand on the rest of a line.
    private mutating func skipBlanksAndComments() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0B, 0x0C: index += 1
            case UInt8(ascii: "-") where next == UInt8(ascii: "-"): skipLineComment()
            default: return
            }
        }
    }

    // MARK: - Places

    private mutating func position(of offset: Int) -> SourcePosition {
        if offset < measured { (line, column, measured) = (1, 1, 0) }
        while measured < offset {
            let byte = bytes[measured]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            measured += 1
        }
        return SourcePosition(file: file, line: line, column: column)
    }

    private mutating func report(_ message: String, at offset: Int, hint: String? = nil) {
        problems.append(Diagnostic(.sql, message, at: position(of: offset), hint: hint))
    }
}
