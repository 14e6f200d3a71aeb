import ClientTesting
import NexEnv
import TextTesting
import Testing

@Suite struct DotEnvTests {
    struct Reading: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var variables: [String: String]

        init(_ name: String, _ text: String, _ variables: [String: String]) {
            testDescription = name
            self.text = text
            self.variables = variables
        }
    }

    @Test(arguments: [
        Reading("nothing", "", [:]),
        Reading("plain", "A=1\nB=two words\n", ["A": "1", "B": "two words"]),
        Reading("no line end at the end", "A=1", ["A": "1"]),
        Reading("empty", "A=\nB=\"\"\nC=''", ["A": "", "B": "", "C": ""]),
        Reading("blanks around", "  A  =  1  \n\tB\t=\t2\t\n", ["A": "1", "B": "2"]),
        Reading("comments", "# A=1\nB=2 # three\nC=#4\nD=a#b\n", ["B": "2", "C": "#4", "D": "a#b"]),
        Reading("export", "export A=1\nexport\tB=2\nexported=3", ["A": "1", "B": "2", "exported": "3"]),
        Reading("single quotes", #"A='$X \n "y" #z'"#, ["A": #"$X \n "y" #z"#]),
        Reading("double quotes", #"A="a\n\r\t\"\\\$\q'""#, ["A": "a\n\r\t\"\\$\\q'"]),
        Reading("several lines", "A=\"x\ny\"\nB='p\nq'\nC=1", ["A": "x\ny", "B": "p\nq", "C": "1"]),
        Reading("behind a quote", "A=\"x\" # comment\nB=1", ["A": "x", "B": "1"]),
        Reading("CRLF", "A=1\r\nB=\"2\"\r\n\r\n# c\r\nC=3\r\n", ["A": "1", "B": "2", "C": "3"]),
        Reading("the last one wins", "A=1\nA=2", ["A": "2"]),
        Reading("an equals sign in a value", "URL=a=b&c=d", ["URL": "a=b&c=d"]),
        Reading("a dollar stays", "A=pa$$word${B}", ["A": "pa$$word${B}"]),
        Reading("unicode", "GRÖSSE=ü\n名=前", ["GRÖSSE": "ü", "名": "前"]),
        Reading("an accent alone behind a quote", "A=\"\"\nB='\u{301}'", ["A": "", "B": "\u{301}"]),
    ])
    func `reads`(reading: Reading) throws {
        #expect(try DotEnv(SourceFile(reading.text)).variables == reading.variables)
    }

    @Test(arguments: [
        ("a word", "A=1\n1️⃣oops\nB=2"), ("no name", "1️⃣=1"), ("a name that starts with a digit", "1️⃣1A=1"),
        ("a name with a space", "1️⃣A B=1"), ("an open quote", "A=1️⃣\"x\nB=1"), ("another open quote", "é=1️⃣'x"),
    ])
    func `refuses with a place`(name: String, text: String) {
        let marked = MarkedText(text)
        let error = #expect(throws: Diagnostics.self) { try DotEnv(SourceFile(marked.text)) }
        let places = error?.all.compactMap(\.position).map { MarkedText.Place(line: $0.line, column: $0.column) }
        #expect(places == [marked.places["1️⃣"]].compactMap(\.self))
    }

    @Test func `ten thousand awkward values come back as they were`() throws {
        var random = SeededGenerator(seed: 7)
        var expected: [String: String] = [:]
        var text = ""
        for number in 0..<10_000 {
            var value = random.awkwardText()
            if number.isMultiple(of: 2) { value = anyText(&random) }
            expected["A\(number)"] = value
            text += "A\(number)=\(DotEnv.quoted(value))\n"
        }
        let read = try DotEnv(SourceFile(text)).variables
        #expect(read.count == expected.count)
        for (name, value) in expected {
            #expect(read[name]?.unicodeScalars.elementsEqual(value.unicodeScalars) == true, "\(name)")
        }
    }

    private func anyText(_ random: inout SeededGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let ranges: [ClosedRange<UInt32>] = [
                0x01...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
            ]
            guard let range = ranges.randomElement(using: &random) else { continue }
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }

    @Test(arguments: [
        ("plain", "a-b_c.d/e:f@g", "a-b_c.d/e:f@g"), ("empty", "", "\"\""), ("a space", "a b", "\"a b\""),
    ])
    func `quotes only what needs it`(name: String, value: String, quoted: String) {
        #expect(DotEnv.quoted(value) == quoted)
    }
}
