import Foundation

/// Splits an SQL file into statements as psql would, and keeps their places.
///
/// Understood: quotes with doubled quotes, `E''` escapes, dollar quotes with tags, nested comments, parentheses, `BEGIN ATOMIC`
/// bodies (`begin`, `case` and `end` are counted after CREATE FUNCTION or PROCEDURE, as psql does), and the data behind
/// `COPY … FROM stdin`. A psql command (`\c`, `\i`) is a problem: there is no psql to run it.
package struct SQLSplitter {
    /// What a file consists of.
    package enum Part: Sendable, Hashable {
        case statement(SQLStatement)
        /// A comment that the caller looks for, alone in its line, without the dashes; it ends the statement before it.
        case marker(String, SourcePosition)
    }

    private let file: SourceFile
    private let isMarker: (String) -> Bool
    private var scanner: SQLScanner
    private var problems: [Diagnostic] = []
    private var parts: [Part] = []

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

    private init(file: SourceFile, isMarker: @escaping (String) -> Bool) {
        self.file = file
        self.isMarker = isMarker
        scanner = SQLScanner(Array(file.text.utf8))
    }

    private var bytes: [UInt8] { scanner.bytes }

    /// Returns the statements of a file.
    ///
    /// - Throws: ``Diagnostics`` for psql commands and for quotes and comments that never end.
    package static func split(_ file: SourceFile) throws(Diagnostics) -> [SQLStatement] {
        try parts(of: file) { _ in false }.compactMap { part in
            if case .statement(let statement) = part { statement } else { nil }
        }
    }

    /// Returns the statements of a file, and the comments between them that a function looks for.
    ///
    /// - Throws: ``Diagnostics`` as ``split(_:)``.
    package static func parts(
        of file: SourceFile,
        marker isMarker: @escaping (String) -> Bool
    ) throws(Diagnostics) -> [Part] {
        var splitter = SQLSplitter(file: file, isMarker: isMarker)
        while let token = splitter.scanner.next() { splitter.take(token) }
        splitter.reportOpen()
        splitter.finish(end: splitter.bytes.count)
        guard splitter.problems.isEmpty else { throw Diagnostics(splitter.problems, exitStatus: .dataError) }
        return splitter.parts
    }

    private mutating func take(_ token: SQLScanner.Token) {
        if let problem = token.problem { report(problem, at: openPlace(token)) }
        switch token.kind {
        case .lineComment: takeLineComment(token.range)
        case .comment: return
        case .backslash: refuseCommand(token.range.lowerBound)
        case .word:
            begin(token)
            take(word: token.range)
        case .symbol: take(symbol: bytes[token.range.lowerBound], token)
        case .number, .text, .quotedName, .operation: begin(token)
        }
    }

    private mutating func take(symbol: UInt8, _ token: SQLScanner.Token) {
        switch symbol {
        case UInt8(ascii: ";"): endStatement(token.range.lowerBound)
        case UInt8(ascii: "("):
            begin(token)
            parentheses.append(token.range.lowerBound)
        case UInt8(ascii: ")"):
            begin(token)
            _ = parentheses.popLast()
        default: begin(token)
        }
    }

    private mutating func begin(_ token: SQLScanner.Token) {
        if start == nil { start = token.range.lowerBound }
    }

    /// Where what never ends is open: the quote itself, which may have an `E` before it.
    private func openPlace(_ token: SQLScanner.Token) -> Int {
        let first = token.range.lowerBound
        let hasPrefix = token.kind == .text && bytes[first] | 0x20 == UInt8(ascii: "e")
        return hasPrefix ? first + 1 : first
    }

    // MARK: - Words

    private mutating func take(word range: Range<Int>) {
        guard range.count <= 32 else { return }
        let word = String(decoding: bytes[range], as: UTF8.self).lowercased()
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

    // MARK: - Comments and commands

    private mutating func takeLineComment(_ range: Range<Int>) {
        let before = bytes[..<range.lowerBound].last { !SQLScanner.isBlank($0) || $0 == UInt8(ascii: "\n") }
        guard before == nil || before == UInt8(ascii: "\n") else { return }
        let text = String(decoding: bytes[range.dropFirst(2)], as: UTF8.self)
        let comment = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard isMarker(comment) else { return }
        reportOpen()
        finish(end: range.lowerBound)
        var place = position(of: range.lowerBound)
        place.length = comment.unicodeScalars.count + 3
        parts.append(.marker(comment, place))
    }

    private mutating func skipLine() {
        var end = scanner.index
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        scanner.move(to: end)
    }

    private mutating func refuseCommand(_ from: Int) {
        skipLine()
        let command = String(decoding: bytes[from..<scanner.index], as: UTF8.self).prefix { !$0.isWhitespace }
        // pg_dump puts these around a dump, to keep what is in it from being taken for commands; nothing is, here.
        if command == "\\restrict" || command == "\\unrestrict" { return }
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

    private mutating func endStatement(_ end: Int) {
        guard parentheses.isEmpty, blocks == 0 else { return }
        let hasData = isCopyFromStdin
        finish(end: end)
        guard hasData, case .statement(var statement) = parts.last else { return }
        (statement.copyData, statement.copyPosition) = readCopyData()
        parts[parts.count - 1] = .statement(statement)
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
        parts.append(.statement(SQLStatement(text: text, position: position(of: start), kind: kind, words: words)))
    }

    /// Reports what the file ends inside of: the rest of it would be one statement, or none.
    private mutating func reportOpen() {
        if isCopyFromStdin { return report("COPY needs a `;` between it and its data", at: start ?? 0) }
        if let open = parentheses.last { return report("the parenthesis is never closed", at: open) }
        if blocks > 0 { report("`BEGIN ATOMIC` is never closed", at: start ?? 0) }
    }

    private mutating func readCopyData() -> (String, SourcePosition) {
        skipBlanksAndComments()
        if scanner.index < bytes.count, bytes[scanner.index] != UInt8(ascii: "\n") {
            report("nothing can stand behind `COPY … FROM stdin;`: its data starts on the next line", at: scanner.index)
        }
        skipLine()
        scanner.move(to: scanner.index + 1)
        let from = scanner.index
        let place = position(of: from)
        while scanner.index < bytes.count {
            let lineStart = scanner.index
            skipLine()
            var lineBytes = bytes[lineStart..<scanner.index]
            if lineBytes.last == UInt8(ascii: "\r") { lineBytes = lineBytes.dropLast() }
            scanner.move(to: scanner.index + 1)
            if lineBytes.elementsEqual("\\.".utf8) {
                return (String(decoding: bytes[from..<lineStart], as: UTF8.self), place)
            }
        }
        report("the data of COPY has no closing `\\.`", at: from)
        return ("", place)
    }

    /// Skips what may stand on the rest of a line.
    private mutating func skipBlanksAndComments() {
        while true {
            var place = scanner.index
            while place < bytes.count, bytes[place] != UInt8(ascii: "\n"), SQLScanner.isBlank(bytes[place]) {
                place += 1
            }
            scanner.move(to: place)
            guard bytes[place...].starts(with: "--".utf8) else { return }
            _ = scanner.next()
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
