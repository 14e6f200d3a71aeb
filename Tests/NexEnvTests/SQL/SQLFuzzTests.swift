import ClientTesting
import Foundation
import Testing

@testable import NexEnv

/// Small texts out of everything that SQL's scanner looks at, always the same ones.
@Suite struct SQLFuzzTests {
    private static let pieces = [
        ";", ";", "'", "\"", "$", "$$", "$a$", "$1", "/*", "*/", "--", "\n", "\r\n", "\r", "(", ")", "\\", "\\.", "E'",
        "e'", "u&'", " ",
        "a", "é", "😀", "\u{301}", "create", "function", "begin", "case", "end", "copy t from stdin;", "\n\\.\n", "\t",
        "\0", "1",
    ]

    /// Every text is split or refused; of one that is split, the statements stand where they say, and between them stands
    /// nothing but blanks, comments, semicolons and the data of COPY.
    @Test func `nothing is lost`() throws {
        let count = Fuzz.count(debug: 100_000, full: 1_000_000)
        var random = SeededGenerator(seed: 11)
        var splits = 0
        for _ in 0..<count {
            var text = ""
            for _ in 0..<Int.random(in: 1...9, using: &random) {
                text += Self.pieces.randomElement(using: &random) ?? ""
            }
            let file = SourceFile(text, path: "/x.sql")
            guard let statements = try? SQLSplitter.split(file) else { continue }
            splits += 1
            if let problem = Self.problem(statements, text) {
                Issue.record("\(problem) in \(text.debugDescription)")
                return
            }
        }
        // The texts would prove nothing if most of them were refused.
        #expect(splits > count / 4)
    }

    /// Every text with markers in it is read or refused, and what is read stands in the order in which it is written.
    @Test func `markers stand between statements`() throws {
        let count = Fuzz.count(debug: 100_000, full: 1_000_000)
        let markers = [
            "\n-- nexenv:up\n", "\n--nexenv:down\n", "-- nexenv:up tx=off\n", "\n-- migrate:up\n", "\n-- +goose Down\n",
            "\n-- +goose StatementBegin\n", "\n-- nexenv:x\n",
        ]
        var random = SeededGenerator(seed: 12)
        var reads = 0
        for _ in 0..<count {
            var text = ""
            for _ in 0..<Int.random(in: 1...9, using: &random) {
                text +=
                    (Int.random(in: 0..<4, using: &random) == 0 ? markers : Self.pieces).randomElement(using: &random)
                    ?? ""
            }
            let source = SourceFile(text, path: "/1_a.sql")
            guard let parts = try? SQLSplitter.parts(of: source, marker: { $0.hasPrefix("nexenv:") }) else { continue }
            let places = parts.map { part in
                switch part {
                case .statement(let statement): statement.position
                case .marker(_, let position): position
                }
            }
            reads += 1
            guard zip(places, places.dropFirst()).allSatisfy({ $0 < $1 }) else {
                Issue.record("parts aren't in order in \(text.debugDescription)")
                return
            }
            let name = try #require(MigrationName(file: "1_a.sql", extensions: ["sql"]))
            let file = MigrationFile(name: name, fileName: "1_a.sql", path: "/1_a.sql", bytes: Array(text.utf8))
            guard let sections = try? SQLMigration.read(file, source) else { continue }
            let read = (sections.up + sections.down).reduce(0) { $0 + $1.statements.count }
            let all = try SQLSplitter.parts(of: source) { MigrationMarkers.owner(of: $0) != nil }
            let counted = all.count { if case .statement = $0 { true } else { false } }
            guard read == counted else {
                Issue.record("statements are lost in \(text.debugDescription)")
                return
            }
        }
        #expect(reads > count / 4)
    }

    private static func problem(_ statements: [SQLStatement], _ text: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        var end = 0
        for statement in statements {
            let start = offset(of: statement.position, in: scalars)
            let own = Array(statement.text.unicodeScalars)
            guard start >= end, start + own.count <= scalars.count, Array(scalars[start..<start + own.count]) == own
            else {
                return "a statement isn't where it says"
            }
            if let lost = lost(scalars[end..<start]) { return "lost \(lost.debugDescription)" }
            end = start + own.count
            if let data = statement.copyData {
                // The rest of the line, the data and its closing line.
                let rest = Array(scalars[end...])
                guard let lineEnd = rest.firstIndex(of: "\n") else { return "data without a line" }
                let body = Array(data.unicodeScalars)
                let from = lineEnd + 1
                guard rest.count >= from + body.count, Array(rest[from..<from + body.count]) == body else {
                    return "data isn't there"
                }
                if let lost = lost(rest[..<lineEnd]) { return "lost \(lost.debugDescription)" }
                end += from + body.count + 2
            }
        }
        return lost(scalars[min(end, scalars.count)...]).map { "lost \($0.debugDescription)" }
    }

    /// Returns what stands between statements and is no blank, comment or semicolon.
    private static func lost(_ scalars: ArraySlice<Unicode.Scalar>) -> String? {
        var rest = scalars
        while let first = rest.first {
            let second = rest.dropFirst().first
            if first == ";" || " \t\n\r\u{0B}\u{0C}".unicodeScalars.contains(first) {
                rest = rest.dropFirst()
            } else if first == "-", second == "-" {
                rest = rest.drop { $0 != "\n" && $0 != "\r" }
            } else if first == "/", second == "*" {
                var depth = 0
                repeat {
                    let pair = Array(rest.prefix(2))
                    if pair == ["/", "*"] { depth += 1 } else if pair == ["*", "/"] { depth -= 1 }
                    rest = rest.dropFirst(pair == ["/", "*"] || pair == ["*", "/"] ? 2 : 1)
                } while depth > 0 && !rest.isEmpty
            } else {
                var text = String.UnicodeScalarView()
                text.append(contentsOf: rest)
                return String(text)
            }
        }
        return nil
    }

    private static func offset(of position: SourcePosition, in scalars: [Unicode.Scalar]) -> Int {
        var line = 1
        var column = 1
        for (index, scalar) in scalars.enumerated() {
            if line == position.line, column == position.column { return index }
            if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
        }
        return scalars.count
    }
}
