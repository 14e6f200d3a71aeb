import ClientTesting
import Foundation
@testable import NexEnv
import TextTesting
import Testing

@Suite struct SeedCSVTests {
    /// Reads all records of a text, in chunks of any size; nothing is `nil`.
    static func read(
        _ bytes: [UInt8],
        _ options: SeedCSVOptions = SeedCSVOptions(),
        chunkSize: Int = 64
    ) throws -> (columns: [String], records: [[String?]], lines: [Int]) {
        let reader = try SeedCSVReader(SeedInput(bytes, displayPath: "x.csv"), options, chunkSize: chunkSize)
        var records: [[String?]] = []
        var lines: [Int] = []
        while let record = try reader.next() {
            #expect(record.fields.map(\.name) == reader.columns)
            records.append(record.fields.map { $0.value == .null ? nil : $0.value.plainText })
            lines.append(record.place.line)
        }
        return (reader.columns, records, lines)
    }

    private static func options(_ change: (inout SeedCSVOptions) -> Void) -> SeedCSVOptions {
        var options = SeedCSVOptions()
        change(&options)
        return options
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var options = SeedCSVOptions()
        var columns = ["a", "b"]
        var records: [[String?]]
        var lines: [Int]
    }

    private static let cases = [
        Case(testDescription: "plain", text: "a,b\n1,2\n3,4\n", records: [["1", "2"], ["3", "4"]], lines: [2, 3]),
        Case(testDescription: "no line end at the end", text: "a,b\n1,2", records: [["1", "2"]], lines: [2]),
        Case(
            testDescription: "CRLF",
            text: "a,b\r\n1,2\r\n\"3\",\"4\"\r\n",
            records: [["1", "2"], ["3", "4"]],
            lines: [2, 3]
        ),
        Case(testDescription: "a CR at the end", text: "a,b\r\n1,2\r", records: [["1", "2"]], lines: [2]),
        Case(testDescription: "byte-order mark", text: "\u{FEFF}a,b\n1,2\n", records: [["1", "2"]], lines: [2]),
        Case(testDescription: "quoted header", text: "\"a\",\"b\"\n1,2\n", records: [["1", "2"]], lines: [2]),
        Case(
            testDescription: "quoted delimiters, quotes and line ends",
            text: "a,b\n\"1,2\",\"say \"\"hi\"\"\"\n\"x\r\ny\n\nz\",\"\"\"\"\nlast,one\n",
            records: [["1,2", "say \"hi\""], ["x\r\ny\n\nz", "\""], ["last", "one"]],
            lines: [2, 3, 7]
        ),
        Case(
            testDescription: "nothing and empty",
            text: "a,b\n,\"\"\n\"\",\n,\n",
            records: [[nil, ""], ["", nil], [nil, nil]],
            lines: [2, 3, 4]
        ),
        Case(
            testDescription: "a text for nothing",
            text: "a,b\n\\N,\"\\N\"\n,\\\\N\n",
            options: options { $0.null = "\\N" },
            records: [[nil, "\\N"], ["", "\\\\N"]],
            lines: [2, 3]
        ),
        Case(
            testDescription: "no text for nothing",
            text: "a,b\n,NULL\n",
            options: options { $0.null = nil },
            records: [["", "NULL"]],
            lines: [2]
        ),
        Case(
            testDescription: "what COPY escapes",
            text: "a,b\n\\,\t\n\"\t\\n\",\\.\n",
            records: [["\\", "\t"], ["\t\\n", "\\."]],
            lines: [2, 3]
        ),
        Case(
            testDescription: "semicolons",
            text: "a;b\n1,5;\"x;y\"\n",
            options: options { $0.delimiter = UInt8(ascii: ";") },
            records: [["1,5", "x;y"]],
            lines: [2]
        ),
        Case(
            testDescription: "tabs",
            text: "a\tb\n1,5\t\"x\ty\"\n\t\n",
            options: options { $0.delimiter = UInt8(ascii: "\t") },
            records: [["1,5", "x\ty"], [nil, nil]],
            lines: [2, 3]
        ),
        Case(testDescription: "empty lines", text: "\na,b\n\n\r\n1,2\n\n", records: [["1", "2"]], lines: [5]),
        Case(
            testDescription: "empty lines of one column",
            text: "a\n\n1\n\"\"\n",
            columns: ["a"],
            records: [[nil], ["1"], [""]],
            lines: [2, 3, 4]
        ),
        Case(
            testDescription: "no header",
            text: "1,2\n",
            options: options { $0.names = ["a", "b"] },
            records: [["1", "2"]],
            lines: [1]
        ),
        Case(
            testDescription: "some columns under other names",
            text: "id,a,x\n1,2,3\n,5,\"6\n7\"\n",
            options: options { $0.columns = [named("x", "b"), named("id", "a")] },
            records: [["1", "3"], [nil, "6\n7"]],
            lines: [2, 3]
        ),
        Case(testDescription: "blanks", text: "a,b\n 1 , 2\n", records: [[" 1 ", " 2"]], lines: [2]),
        Case(testDescription: "accents", text: "a,b\né,😀\n", records: [["é", "😀"]], lines: [2]),
        Case(testDescription: "a header alone", text: "a,b", records: [], lines: []),
    ]

    private static func named(_ name: String, _ value: String) -> Named<String> {
        Named(name: name, position: SourcePosition(file: SourceFile(""), line: 1, column: 1), value: value)
    }

    @Test(arguments: cases)
    func `records, whatever the size of the chunks`(of: Case) throws {
        for chunkSize in [1, 2, 3, 5, 7, 64, 4096] {
            let found = try Self.read(Array(of.text.utf8), of.options, chunkSize: chunkSize)
            #expect(found.columns == of.columns)
            #expect(found.records == of.records)
            #expect(found.lines == of.lines)
        }
    }

    @Test(arguments: [
        ("a,b\n1,2\n1,2,1️⃣3\n", "more fields than the header, which has 2"),
        ("a,b\n1,2\n11️⃣\n", "1 fields, and the header 2"),
        ("a,b\n1️⃣\"x,y\nz", "never closed"), ("a,b\né,\"x\"1️⃣y\n", "may follow a closing quote"),
        ("a,b\n1,x1️⃣\"y\"\n", "a quote inside a field"), ("a,b\n1,x1️⃣\ry\n", "carriage return without a line feed"),
        ("a,b\n1,\"x\"1️⃣\rz", "carriage return without a line feed"), ("a,b\n1️⃣\r\r\n", "carriage return without"),
        ("1️⃣a,,b\n", "column 2 has no name"), ("1️⃣a,b,a\n", "two columns are called `a`"), ("1️⃣", "no header"),
        ("1️⃣\n\n", "no header"), ("\u{FEFF}1️⃣a,a\n", "two columns are called `a`"), ("a\n\"x\ny\",1️⃣\n", "more fields"),
        ("a,b\n1,2\n1️⃣\"x\n\n\n,,\n", "never closed"), ("a,1️⃣\"b\n", "never closed"),
    ])
    func `mistakes are found where they are`(text: String, message: String) throws {
        let marked = MarkedText(text)
        for chunkSize in [1, 3, 4096] {
            let error = #expect(throws: Diagnostics.self) {
                try Self.read(Array(marked.text.utf8), chunkSize: chunkSize)
            }
            let problem = try #require(error?.all.first)
            #expect(problem.message.contains(message))
            #expect(problem.code == .invalidData)
            #expect(error?.exitStatus == .dataError)
            var place = try #require(marked.places["1️⃣"])
            // The mark itself stands behind the byte-order mark, which has no column.
            if text.hasPrefix("\u{FEFF}") { place.column -= 1 }
            #expect(problem.position.map { MarkedText.Place(line: $0.line, column: $0.column) } == place)
        }
    }

    @Test func `what is not UTF-8 has a place, in the header too`() throws {
        let error = #expect(throws: Diagnostics.self) {
            try Self.read(Array("a,b\n\"x\ny\",z\n1,".utf8) + [0xFF, 0x0A])
        }
        #expect(error?.all.first?.position.map { "\($0)" } == "x.csv:4:3")
        #expect(throws: Diagnostics.self) { try Self.read([0xFF, 0x0A]) }
        let utf16 = #expect(throws: Diagnostics.self) { try Self.read([0xFF, 0xFE, 0x61, 0]) }
        #expect(utf16?.all.first?.hint == "save it as UTF-8")
    }

    @Test func `a column that isn't there`() {
        let options = Self.options { $0.columns = [Self.named("c", "x")] }
        let error = #expect(throws: Diagnostics.self) { try Self.read(Array("a,b\n".utf8), options) }
        #expect(error?.all.first?.message == "x.csv has no column `c`")
        #expect(error?.all.first?.hint == "did you mean `a`?")
    }

    @Test func `the place of a record and a field, and its line`() throws {
        let text = "a,b,c\n1,2,3\n\n\"x\ny\",\"p,\"\"q\",é\n4,5,6\n"
        let options = Self.options { $0.columns = [Self.named("a", "one"), Self.named("c", "three")] }
        let source = try SeedCSVCopySource(SeedInput(Array(text.utf8), displayPath: "x.csv"), options, chunkSize: 3)
        let place = { (record: Int, column: String?) in
            try source.position(ofRecord: record, column: column).map { "\($0)" }
        }
        #expect(try place(1, nil) == "x.csv:2:1")
        #expect(try place(2, "one") == "x.csv:4:1")
        #expect(try place(2, "three") == "x.csv:5:12")
        #expect(try place(3, "three") == "x.csv:6:5")
        #expect(try place(4, nil) == nil)
        let problem = Diagnostic(.database, "wrong", at: try source.position(ofRecord: 2, column: "three"))
        let shown = DiagnosticRenderer(style: .plain).render(problem)
        #expect(shown.contains(" 5 | y\",\"p,\"\"q\",é\n   |            ^\n"))
    }

    @Test func `COPY's lines end with their records`() throws {
        let text = "a,b\n1,\"x\ty\"\n,3\n"
        let source = try SeedCSVCopySource(
            SeedInput(Array(text.utf8), displayPath: "x.csv"),
            SeedCSVOptions(),
            chunkSize: 5
        )
        var out = SeedBuffer()
        var lines = ""
        while try source.next(into: &out) {
            let piece = out.text()
            #expect(piece.isEmpty || piece.hasSuffix("\n"))
            lines += piece
            out.removeAll()
        }
        #expect(lines == "1\tx\\ty\n\\N\t3\n")
        #expect(source.records == 2)
        #expect(source.columns == ["a", "b"])
    }

    @Test func `a file on disk, and none`() throws {
        let folder = try ScratchFolder(["x.csv": "a,b\n1,2\n"])
        let reader = try SeedCSVReader(SeedInput(path: "\(folder.path)/x.csv"))
        #expect(reader.input.size == 8)
        #expect(try reader.next()?.fields == [.init("a", .text("1")), .init("b", .text("2"))])
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
        let missing = #expect(throws: Diagnostics.self) { try SeedInput(path: "\(folder.path)/y.csv") }
        #expect(missing?.all.first?.code == .missingFile)
        #expect(throws: Diagnostics.self) { try SeedInput(path: folder.path) }
    }

    @Test func `a record that never ends isn't read for ever`() throws {
        // One quote, and 65 MiB of lines behind it.
        let line = Array((String(repeating: "x", count: 1023) + "\n").utf8)
        var bytes = Array("a,b\n1,\"".utf8)
        for _ in 0..<(65 << 10) { bytes += line }
        let error = #expect(throws: Diagnostics.self) { try Self.read(bytes, chunkSize: 4 << 20) }
        #expect(error?.all.first?.code == .tooLarge)
        #expect(error?.all.first?.hint == "is a closing quote missing?")
        #expect(error?.all.first?.position.map { "\($0)" } == "x.csv:2:3")
    }
}
