import NexEnv
import TextTesting
import Testing

@Suite struct DiagnosticRendererTests {
    private func render(
        _ text: String,
        line: Int,
        column: Int,
        length: Int = 1,
        message: String = "no",
        hint: String? = nil
    ) -> String {
        let file = SourceFile(text)
        let position = SourcePosition(file: file, line: line, column: column, length: length)
        return DiagnosticRenderer(style: .plain).render(Diagnostic(.invalidValue, message, at: position, hint: hint))
    }

    @Test func `every part`() throws {
        let file = SourceFile("name: shop\nservices:\n\tport: nöne # tab\n", path: "/nowhere/env/nexenv.yaml")
        let other = SourceFile("port: 1\r\n", path: "/nowhere/other.yaml")
        let problems = [
            Diagnostic(
                .conflictingValues,
                "two files disagree",
                at: SourcePosition(file: file, line: 3, column: 8, length: 4),
                hint: "say which one holds",
                related: [.init("the other one", at: SourcePosition(file: other, line: 1, column: 7))]
            ),
            Diagnostic(.missingFile, "there is no file x", severity: .warning),
            Diagnostic(
                .sql,
                "for your information",
                severity: .note,
                at: SourcePosition(file: file, line: 1, column: 1, length: 4)
            ),
            Diagnostic(.missingKey, "at the end", at: SourcePosition(file: file, line: 4, column: 1)),
        ]
        let golden = Golden()
        try golden.expect(DiagnosticRenderer(style: .plain).render(problems), "diagnostics.txt")
        try golden.expect(
            DiagnosticRenderer(style: TerminalStyle(isColored: true)).render(problems),
            "diagnostics-colored.txt"
        )
    }

    @Test(arguments: [
        ("a tab stays one under a tab", "\t\tx: y", 6, 1, " 1 | \t\tx: y\n   | \t\t   ^\n"),
        ("scalars are counted", "é日: x", 5, 1, " 1 | é日: x\n   |     ^\n"),
        ("a length", "ab: cde", 5, 3, " 1 | ab: cde\n   |     ^^^\n"),
        ("a length past the end", "ab: cde", 5, 30, " 1 | ab: cde\n   |     ^^^\n"),
        ("a column past the end", "ab", 9, 1, " 1 | ab\n   |   ^\n"),
        ("a carriage return", "ab\r", 1, 1, " 1 | ab\n   | ^\n"),
        ("an empty line", "", 1, 1, " 1 | \n   | ^\n"),
    ])
    func `the line and its caret`(name: String, text: String, column: Int, length: Int, excerpt: String) {
        #expect(
            render(text, line: 1, column: column, length: length)
                == "nexenv.yaml:1:\(column): error: no [invalid-value]\n" + excerpt
        )
    }

    @Test func `a position past the file has no line`() {
        #expect(render("a", line: 9, column: 1) == "nexenv.yaml:9:1: error: no [invalid-value]\n")
    }

    @Test func `the gutter is as wide as the number`() {
        let text = render(String(repeating: "\n", count: 99) + "x", line: 100, column: 1)
        #expect(text.hasSuffix(" 100 | x\n     | ^\n"))
    }

    @Test(arguments: [1, 50, 150, 300, 9_999, 10_000, 20_000, 20_004])
    func `a long line is cut around the place`(column: Int) throws {
        var scalars = Array(repeating: Character("."), count: 20_004)
        scalars[column - 1] = "X"
        let lines = render(String(scalars), line: 1, column: column, length: 3).split(separator: "\n")
        let caret = try #require(lines[2].firstIndex(of: "^"))
        #expect(Array(lines[1])[lines[2].distance(from: lines[2].startIndex, to: caret)] == "X")
        #expect(lines.dropFirst().allSatisfy { $0.count <= 110 })
        #expect(lines[1].contains("…"))
    }

    /// A file can't move the cursor, colour or rename the terminal of who reads about its mistakes.
    @Test(arguments: ["\u{1B}[2J", "\u{9B}2J", "\u{7}", "\u{8}", "\u{7F}", "\r", "\u{202E}", "\u{2066}"])
    func `nothing that a terminal obeys comes through`(bad: String) throws {
        let yaml = "x\(bad)y: 1"
        let out = render(yaml, line: 1, column: 1, message: "no key `\(bad)`", hint: "did you mean `\(bad)`?")
        for scalar in bad.unicodeScalars where scalar.value < 0x20 || scalar.value >= 0x7F {
            #expect(!out.unicodeScalars.contains(scalar), "\(scalar.value)")
        }
        let related = Diagnostic(
            .sql,
            "a",
            related: [.init("b \(bad)", at: SourcePosition(file: SourceFile("c"), line: 1, column: 1))]
        )
        let second = DiagnosticRenderer(style: .plain).render(related)
        for scalar in bad.unicodeScalars where scalar.value < 0x20 || scalar.value >= 0x7F {
            #expect(!second.unicodeScalars.contains(scalar))
        }
    }

    @Test func `a key with an escape sequence doesn't reach the terminal`() throws {
        let problems = try ScratchEnvironment("\"\\e[31m\": 1\nservices: {a: {image: x}}").problems()
        #expect(problems.map(\.code) == [.unknownKey])
        #expect(!DiagnosticRenderer(style: .plain).render(problems).contains("\u{1B}"))
    }

    @Test func `fifty are shown, all are counted`() {
        let many = (1...73).map { Diagnostic(.sql, "number \($0)") }
        let out = DiagnosticRenderer(style: .plain).render(many)
        #expect(out.contains("number 50 "))
        #expect(!out.contains("number 51 "))
        #expect(out.hasSuffix("73 errors, the first 50 are shown\n"))
        #expect(DiagnosticRenderer(style: .plain).render(Array(many.prefix(2))).hasSuffix("2 errors\n"))
        #expect(!DiagnosticRenderer(style: .plain).render(Array(many.prefix(1))).contains("1 error"))
    }
}

@Suite struct SuggestionTests {
    private let keys = ["port", "ports", "profiles", "password", "databases", "init", "Größe"]

    @Test(
        arguments: [
            ("prot", "port"), ("prts", "ports"), ("passwrod", "password"), ("databse", "databases"),
            ("DATABASES", "databases"),
            ("int", "init"), ("größe", "Größe"), ("groesse", nil), ("xyz", nil), ("", nil), ("port", "ports"),
            (String(repeating: "x", count: 300), nil),
        ] as [(String, String?)]
    )
    func `the nearest`(name: String, nearest: String?) {
        #expect(Suggestion.nearest(to: name, among: keys) == nearest)
    }

    @Test func `equally near ones are taken by name`() {
        #expect(Suggestion.nearest(to: "cat", among: ["rat", "bat", "car"]) == "bat")
    }

    @Test func `hints`() {
        #expect(Suggestion.hint(for: "prot", among: keys, noun: "keys") == "did you mean `port`?")
        #expect(Suggestion.hint(for: "xyz", among: ["b", "a"], noun: "keys") == "keys: `a`, `b`")
        #expect(Suggestion.hint(for: "xyz", among: [], noun: "keys") == nil)
        let many = (10..<30).map { "k\($0)" }
        #expect(Suggestion.hint(for: "xyz", among: many, noun: "keys")?.hasPrefix("some keys: `k10`") == true)
        #expect(Suggestion.hint(for: "xyz", among: many, noun: "keys")?.hasSuffix("`k21`, …") == true)
    }
}
