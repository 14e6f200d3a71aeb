import NexEnv
import TextTesting
import Testing

@Suite struct YAMLReaderTests {
    struct Reading: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var yaml: String
        var flow: String

        init(_ name: String, _ yaml: String, _ flow: String) {
            testDescription = name
            self.yaml = yaml
            self.flow = flow
        }
    }

    @Test(arguments: [
        Reading("nothing", "", ""),
        Reading("only a comment", "# nothing\n", ""),
        Reading(
            "texts keep their spelling",
            "a: 15.10\nb: yes\nc: 0123\nd: 22:22",
            "{a: 15.10, b: yes, c: 0123, d: 22:22}"
        ),
        Reading("quotes are kept apart from plain texts", #"[null, "null", '~', ~]"#, #"[null, "null", "~", ~]"#),
        Reading("an explicit tag is as good as quotes", "[!!str null, !ref plans/pro]", #"["null", !ref "plans/pro"]"#),
        Reading("order is kept", "{z: 1, a: 2, m: 3}", "{z: 1, a: 2, m: 3}"),
        Reading("CRLF", "a: 1\r\nb:\r\n  - x\r\n", "{a: 1, b: [x]}"),
        Reading("block texts", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a: \"x\ny\n\", b: \"x y\"}"),
        Reading("an alias", "a: &x [1, 2]\nb: *x\n", "{a: [1, 2], b: [1, 2]}"),
        Reading("an anchor on a key", "&k a: 1\nb: *k", "{a: 1, b: a}"),
        Reading("the latest anchor of a name", "a: &x 1\nb: &x 2\nc: *x", "{a: 1, b: 2, c: 2}"),
        Reading("merge", "a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", "{a: {p: 1, q: 2}, b: {q: 3, p: 1}}"),
        Reading(
            "an earlier merge wins",
            "[&x {p: 1}, &y {p: 2, q: 2}, {<<: [*x, *y]}]",
            "[{p: 1}, {p: 2, q: 2}, {p: 1, q: 2}]"
        ),
        Reading("a quoted << is a key", #"{"<<": 1}"#, "{<<: 1}"),
        Reading("the end of a document", "a: 1\n...\n", "{a: 1}"),
        Reading("a document's start", "---\na: 1\n", "{a: 1}"),
    ])
    func `reads`(reading: Reading) throws {
        #expect(try YAMLReader.read(SourceFile(reading.yaml)).flow == reading.flow)
    }

    @Test func `places are lines and scalars`() throws {
        let marked = MarkedText(
            """
            # 👩‍👩‍👧 ünïcödé
            1️⃣a: 2️⃣[3️⃣x, 4️⃣"y"]
            日本語: 5️⃣
              6️⃣- 7️⃣k: 8️⃣|
                  text
            """
        )
        let root = try YAMLReader.read(SourceFile(marked.text))
        let entries = try #require(root.entries)
        let list = try #require(entries[1].value.elements)
        let inner = try #require(list[0].entries)
        let found: [(String, SourcePosition)] = [
            ("1️⃣", root.position), ("1️⃣", entries[0].key.position), ("2️⃣", entries[0].value.position),
            ("3️⃣", try #require(entries[0].value.elements)[0].position),
            ("4️⃣", try #require(entries[0].value.elements)[1].position),
            ("6️⃣", entries[1].value.position), ("7️⃣", inner[0].key.position), ("8️⃣", inner[0].value.position),
        ]
        for (mark, position) in found {
            #expect(marked.places[mark] == MarkedText.Place(line: position.line, column: position.column), "\(mark)")
        }
    }

    @Test(arguments: [("next line", "\u{85}"), ("line separator", "\u{2028}"), ("carriage return", "\r")])
    func `what YAML takes for a line's end and an editor doesn't is no line`(name: String, end: String) throws {
        let root = try YAMLReader.read(SourceFile("# one\(end)a: 1\nb: 2\n"))
        let entries = try #require(root.entries)
        #expect(entries.map(\.key.position.line) == [1, 2])
        #expect(entries[0].key.position.column == 7)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var yaml: String
        var problems: [ExpectedProblem]

        init(_ name: String, _ yaml: String, _ problems: ExpectedProblem...) {
            testDescription = name
            self.yaml = yaml
            self.problems = problems
        }
    }

    @Test(arguments: [
        Refusal(
            "a key twice",
            "a: 1\nb: 2\n1️⃣a: 3\n",
            .init("1️⃣", .duplicateKey, "`a` stands here more than once", hint: "keep one")
        ),
        Refusal("a key in two spellings", "{a: 1, 1️⃣\"a\": 2}", .init("1️⃣", .duplicateKey, "`a`")),
        Refusal("two merges", "x: &x {}\ny: {<<: *x, 1️⃣<<: *x}", .init("1️⃣", .duplicateKey, "`<<`")),
        Refusal(
            "two problems at once",
            "a: {b: 1, 1️⃣b: 2}\n2️⃣a: 3\n",
            .init("1️⃣", .duplicateKey, "`b`"),
            .init("2️⃣", .duplicateKey, "`a`")
        ),
        Refusal("a list as a key", "1️⃣[a, b]: 1", .init("1️⃣", .invalidYAML, "a key must be a plain text")),
        Refusal("a mapping as a key", "{1️⃣{a: 1}: 2}", .init("1️⃣", .invalidYAML, "a key must be a plain text")),
        Refusal("an alias as a key", "a: &x b\n1️⃣*x : 1", .init("1️⃣", .invalidYAML, "a key must be a plain text")),
        Refusal("an alias in a set", "a: &x b\nb: {1️⃣*x}", .init("1️⃣", .invalidYAML, "a key must be a plain text")),
        Refusal("a merge of a text", "a: {<<: 1️⃣b}", .init("1️⃣", .invalidYAML, "`<<` takes a mapping")),
        Refusal("a merge of a list of texts", "a: {<<: 1️⃣[b]}", .init("1️⃣", .invalidYAML, "`<<` takes a mapping")),
        Refusal("an unknown alias", "a: 1️⃣*b", .init("1️⃣", .invalidYAML, "no anchor `&b`")),
        Refusal("an alias inside its own anchor", "a: &x [1️⃣*x]", .init("1️⃣", .invalidYAML, "no anchor `&x`")),
        Refusal(
            "a second document",
            "a: 1\n1️⃣---\nb: 2\n",
            .init("1️⃣", .invalidYAML, "second document", hint: "one document")
        ),
        Refusal(
            "a tab",
            "a:\n1️⃣\tb: 1\n",
            .init("1️⃣", .invalidYAML, "cannot start any token", hint: "indent with spaces")
        ),
        Refusal("NUL", "a: 1️⃣\0b", .init("1️⃣", .invalidYAML, "control characters are not allowed")),
        Refusal(
            "an escape character",
            "é: 1️⃣\u{1B}[31m",
            .init("1️⃣", .invalidYAML, "control characters are not allowed")
        ),
        Refusal("an open list", "a: [1, 2\n1️⃣", .init("1️⃣", .invalidYAML, "flow sequence")),
        Refusal("an open quote", "a: \"1\nb: 2\n1️⃣", .init("1️⃣", .invalidYAML, "quoted scalar")),
        Refusal("wrong indentation", "a:\n    b: 1\n  1️⃣c: 2\n", .init("1️⃣", .invalidYAML, "block mapping")),
        Refusal("text behind a list", "a: [1]1️⃣x: 2", .init("1️⃣", .invalidYAML, "did not find")),
    ])
    func `refuses with a place`(refusal: Refusal) {
        let marked = MarkedText(refusal.yaml)
        let error = #expect(throws: Diagnostics.self) { try YAMLReader.read(SourceFile(marked.text)) }
        let difference = ExpectedProblem.difference(refusal.problems, error?.all ?? [], in: marked)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test func `a duplicate key shows the first one`() throws {
        let error = #expect(throws: Diagnostics.self) { try YAMLReader.read(SourceFile("x: 1\ny: 2\nx: 3\n")) }
        let related = try #require(error?.all.first?.related.first)
        #expect(related.position.line == 1)
        #expect(related.position.column == 1)
    }

    @Test func `an open quote shows where it starts`() throws {
        let error = #expect(throws: Diagnostics.self) { try YAMLReader.read(SourceFile("x: 1\ny: 'abc\nz: 1\n")) }
        let related = try #require(error?.all.first?.related.first)
        #expect(related.position.line == 2)
        #expect(related.position.column == 4)
    }

    @Test func `problems end at twenty`() {
        let yaml = (0..<100).map { "a\($0): {b: 1, b: 2}\n" }.joined()
        let error = #expect(throws: Diagnostics.self) { try YAMLReader.read(SourceFile(yaml)) }
        #expect(error?.all.count == 20)
    }
}
