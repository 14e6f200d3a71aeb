import ClientTesting
import Foundation
@testable import NexEnv
import TextTesting
import Testing

@Suite struct SeedJSONTests {
    private static func read(
        _ bytes: [UInt8],
        _ layout: SeedJSONReader.Layout,
        chunkSize: Int = 7
    ) throws -> [SeedRecord] {
        let reader = try SeedJSONReader(SeedInput(bytes, displayPath: "x.json"), layout, chunkSize: chunkSize)
        var records: [SeedRecord] = []
        while let record = try reader.next() { records.append(record) }
        #expect(try reader.next() == nil)
        return records
    }

    @Test(arguments: [
        ("{\"a\":1}\n{\"a\":2}\n", ["1", "2"], [1, 2]),
        ("\u{FEFF}{\"a\":1}\r\n\r\n \t\n {\"a\":[]} \n\n", ["1", "[]"], [1, 4]),
        ("{\"a\":\"x\\ny\"}", ["x\ny"], [1]), ("", [], []), ("\n\n", [], []),
        ("{\"a\":1.50}\n{\"a\":{\"$date\":\"1970-01-01T00:00:00Z\"}}\n", ["1.50", "1970-01-01T00:00:00Z"], [1, 2]),
    ])
    func `objects in lines`(text: String, values: [String], lines: [Int]) throws {
        for chunkSize in [1, 2, 5, 4096] {
            let records = try Self.read(Array(text.utf8), .lines, chunkSize: chunkSize)
            #expect(records.map { $0.fields[0].value.plainText } == values)
            #expect(records.map(\.place.line) == lines)
        }
    }

    @Test(arguments: [
        ("[{\"a\":1},{\"a\":2}]", ["1", "2"], [1, 1]),
        ("\u{FEFF} [ \n {\"a\":\n1}\n,\n\n{\"a\":[{}]}\n] \n", ["1", "[{}]"], [2, 6]),
        ("[]", [], []), (" [ ] ", [], []), ("[{\"a\":\"]}\\\"{\"}]", ["]}\"{"], [1]),
        ("[{\"a\":\"\\\\\"}]", ["\\"], [1]),
    ])
    func `objects in a list`(text: String, values: [String], lines: [Int]) throws {
        for chunkSize in [1, 2, 5, 4096] {
            let records = try Self.read(Array(text.utf8), .list, chunkSize: chunkSize)
            #expect(records.map { $0.fields[0].value.plainText } == values)
            #expect(records.map(\.place.line) == lines)
        }
    }

    @Test func `values keep their types and digits`() throws {
        let text = """
            {"i": 9223372036854775807, "big": 9223372036854775808, "d": 1.10, "e": -1e-7, "z": 0, "t": true, "n": null,
            "s": "\\u00e9\\ud83d\\ude00 \\"\\\\\\/\\b\\f\\r\\t", "o": {"$oid": "65a1b2c3d4e5f60718293a4b"}, "q": {"$gt": 5},
            "l": {"$numberLong": "5"}, "c": {"$numberDecimal": "1.50"}, "a": [[], {}, [1, "x"]], "$x": 1}
            """
        let record = try #require(try Self.read(Array(text.replacing("\n", with: " ").utf8), .lines).first)
        let values = Dictionary(uniqueKeysWithValues: record.fields.map { ($0.name, $0.value) })
        #expect(record.fields.map(\.name).joined() == "ibigdeztnsoqlca$x")
        #expect(values["i"] == .integer(.max))
        #expect(values["big"] == .decimal("9223372036854775808"))
        #expect(values["d"] == .decimal("1.10"))
        #expect(values["e"] == .decimal("-1e-7"))
        #expect(values["z"] == .integer(0))
        #expect(values["s"] == .text("é😀 \"\\/\u{8}\u{c}\r\t"))
        #expect(values["o"] == SeedObjectID(hex: "65a1b2c3d4e5f60718293a4b").map { .objectID($0) })
        #expect(values["q"] == .document([.init("$gt", .integer(5))]))
        #expect(values["l"] == .extended(.int64(5)))
        #expect(values["c"] == .extended(.decimal128("1.50")))
        #expect(values["a"] == .array([.array([]), .document([]), .array([.integer(1), .text("x")])]))
    }

    @Test(arguments: [
        ("{\"a\":1}\n1️⃣[1]\n", "an object is expected"), ("{\"a\":1}\n{\"é\": 1️⃣nope}", "a value is expected"),
        ("{\"a\": 1️⃣01}", "with 0 only before a point"), ("{\"a\": 1.1️⃣}", "a digit is expected after the point"),
        ("{\"a\": 1e1️⃣}", "in the exponent"), ("{\"a\": 1️⃣-}", "a number begins with a digit"),
        ("{1️⃣'a': 1}", "a key in double quotes"),
        ("{\"a\" 1️⃣1}", "a colon is expected"), ("{\"a\": 1 1️⃣2}", "a comma or } is expected"),
        ("{\"a\": [1 1️⃣2]}", "a comma or ]"),
        ("{\"a\": 1,1️⃣}", "a key in double quotes"), ("{\"a\": 1, 1️⃣\"a\": 2}", "the key `a` stands here twice"),
        ("{\"a\": 1️⃣\"x}", "the quote is never closed"), ("{\"a\": \"x1️⃣\ty\"}", "written as an escape"),
        ("{\"a\": \"1️⃣\\x\"}", "no such escape"), ("{\"a\": \"1️⃣\\ud800x\"}", "half of a surrogate pair"),
        ("{\"a\": \"1️⃣\\u12g4\"}", "four hexadecimal digits"), ("{1️⃣\"a\\u0000\": 1}", "NUL character"),
        ("{\"a\": 1} 1️⃣x", "nothing may follow the value"), ("{\"a\": 1️⃣{\"$oid\": \"zz\"}}", "Extended JSON"),
        ("{\"a\": \"1️⃣\\", "no such escape"), ("{\"a\": 1️⃣tru", "a value is expected"),
        ("{\"a\":1️⃣", "the text ends where a value is expected"), ("1️⃣{\"$oid\": 5}", "Extended JSON"),
    ])
    func `mistakes in lines are found where they are`(text: String, message: String) throws {
        try Self.expect(message, in: text, .lines)
    }

    @Test(arguments: [
        ("1️⃣{\"a\": 1}", "a list of objects is expected"), ("1️⃣", "a list of objects is expected"),
        ("[1️⃣", "the list is never closed"),
        ("[1️⃣1]", "an object is expected"), ("[{\"a\": 1}1️⃣", "a comma or ] is expected"),
        ("[{\"a\": 1},1️⃣]", "an object is expected"),
        ("[\n{}, 1️⃣{\"a\": [}", "never closed"), ("[{\"a\": 1}\n1️⃣{}]", "a comma or ] is expected"),
        ("[]\n1️⃣x", "nothing may follow"),
        ("[{\"é\":\n \"x\", \"b\": 1️⃣nope}]", "a value is expected"), ("[{}] 1️⃣[]", "nothing may follow the list"),
    ])
    func `mistakes in a list are found where they are`(text: String, message: String) throws {
        try Self.expect(message, in: text, .list)
    }

    private static func expect(_ message: String, in text: String, _ layout: SeedJSONReader.Layout) throws {
        let marked = MarkedText(text)
        for chunkSize in [1, 3, 4096] {
            let error = #expect(throws: Diagnostics.self) {
                try Self.read(Array(marked.text.utf8), layout, chunkSize: chunkSize)
            }
            let problem = try #require(error?.all.first)
            #expect(problem.message.contains(message))
            #expect(problem.position.map { MarkedText.Place(line: $0.line, column: $0.column) } == marked.places["1️⃣"])
        }
    }

    @Test func `too deep is an error, not a crash`() throws {
        for text in ["{\"a\":" + String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000)] {
            #expect(throws: Diagnostics.self) { try Self.read(Array(text.utf8), .lines, chunkSize: 4096) }
        }
        let fine = "{\"a\":" + String(repeating: "[", count: 150) + String(repeating: "]", count: 150) + "}"
        #expect(try Self.read(Array(fine.utf8), .lines, chunkSize: 4096).count == 1)
    }

    @Test func `many keys are compared too`() throws {
        let keys = (0..<1000).map { "\"k\($0)\": 1" }
        let fine = "{\(keys.joined(separator: ","))}"
        #expect(try Self.read(Array(fine.utf8), .lines, chunkSize: 4096).first?.fields.count == 1000)
        let twice = "{\(keys.joined(separator: ",")), \"k500\": 1}"
        #expect(throws: Diagnostics.self) { try Self.read(Array(twice.utf8), .lines, chunkSize: 4096) }
        // The same letter, spelled in two ways.
        #expect(try Self.read(Array("{\"\u{e9}\": 1, \"e\u{301}\": 2}".utf8), .lines).first?.fields.count == 2)
    }

    @Test func `the bytes of an object for whoever reads them otherwise`() throws {
        let reader = try SeedJSONReader(
            SeedInput(Array("{\"a\": 1}\n\n{\"b\"\n".utf8), displayPath: "x"),
            .lines,
            chunkSize: 3
        )
        var found: [String] = []
        while let text = try reader.nextRaw({ "\($0.place.line) \(String(decoding: $0.bytes, as: UTF8.self))" }) {
            found.append(text)
        }
        #expect(found == ["1 {\"a\": 1}", "3 {\"b\""])
    }

    /// Values of any kind are read as they were written; damaged ones are read or refused with a place.
    @Test func `JSON round-trips, and damage is survived`() throws {
        var random = SeededGenerator(seed: 31)
        for _ in 0..<Fuzz.count(debug: 20_000, full: 1_000_000) {
            let fields = [
                SeedValue.Field("f", Self.value(&random, depth: 0)), .init("g", Self.value(&random, depth: 0)),
            ]
            let text = Array(SeedValue.document(fields).json.utf8)
            let chunkSize = Int.random(in: 1...64, using: &random)
            let layout = Bool.random(using: &random) ? SeedJSONReader.Layout.lines : .list
            let whole = layout == .lines ? text : Array("[".utf8) + text + Array("]".utf8)
            let found = try Self.read(whole, layout, chunkSize: chunkSize).map(\.fields)
            guard found == [fields] else {
                Issue.record("\(String(decoding: text, as: UTF8.self)) gives \(found)")
                return
            }
            var damaged = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                damaged[place] = Array("{}[]\",:\\u0\n\u{0}\u{ff}e-".utf8).randomElement(using: &random) ?? 0
            }
            do {
                _ = try Self.read(damaged, layout, chunkSize: chunkSize)
            } catch let error as Diagnostics {
                #expect(error.all.first?.position != nil)
            }
        }
    }

    private static func value(_ random: inout SeededGenerator, depth: Int) -> SeedValue {
        switch Int.random(in: 0..<(depth < 3 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2:
            return .integer(Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random))
        case 3:
            return .decimal("\(Int.random(in: -9...9, using: &random)).\(Int.random(in: 10...99, using: &random))e5")
        case 4, 5: return .text(random.awkwardText(maxLength: 6))
        case 6:
            return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(&random, depth: depth + 1) })
        default:
            let count = Int.random(in: 0...3, using: &random)
            return .document((0..<count).map { .init("k\($0)\"\u{301}", value(&random, depth: depth + 1)) })
        }
    }
}
