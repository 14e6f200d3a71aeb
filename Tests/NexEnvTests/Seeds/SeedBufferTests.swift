import ClientTesting
import Foundation
import NexEnv
import Testing

@Suite struct SeedBufferTests {
    private static func bytes(_ body: (inout SeedBuffer) -> Void) -> String {
        var buffer = SeedBuffer(capacity: 1)
        body(&buffer)
        return buffer.text()
    }

    @Test func `numbers are those of Swift`() {
        var random = SeededGenerator(seed: 1)
        let edges: [Int64] = [0, 1, -1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, .max, .min]
        let numbers =
            edges
            + (0..<20_000).map { _ in
                Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random)
            }
        for number in numbers {
            #expect(Self.bytes { $0.append(integer: number) } == "\(number)")
        }
    }

    @Test(
        arguments: [
            (1950, 2, "19.50"), (-5, 2, "-0.05"), (0, 3, "0.000"), (7, 0, "7"), (-100, 1, "-10.0"),
            (.max, 9, "9223372036.854775807"),
            (.min, 18, "-9.223372036854775808"), (123, 3, "0.123"), (1234, 3, "1.234"),
        ] as [(Int64, Int, String)]
    )
    func `decimals have their point`(number: Int64, digits: Int, text: String) {
        #expect(Self.bytes { $0.append(decimal: number, digits: digits) } == text)
    }

    @Test func `times, days and UUIDs are those of the values`() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            let number = Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...40, using: &random)
            #expect(Self.bytes { $0.append(microseconds: number) } == SeedValue.time(number).plainText)
            let rounded = number / 1_000_000 * 1_000_000
            #expect(Self.bytes { $0.append(microseconds: rounded) } == SeedValue.time(rounded).plainText)
            let days = number % 4_000_000
            #expect(Self.bytes { $0.append(days: days) } == SeedValue.date(days).plainText)
            let uuid = SeedUUID(high: random.next(), low: random.next())
            #expect(Self.bytes { $0.append(uuid) } == uuid.description)
        }
    }

    /// What escapes are, said as simply as can be.
    private static func escaped(_ text: String, _ escapes: [Character: String]) -> String {
        text.unicodeScalars.map { escapes[Character($0)] ?? String($0) }.joined()
    }

    private static let copy: [Character: String] = ["\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"]
    private static let array: [Character: String] = ["\\": "\\\\", "\"": "\\\""]

    @Test func `escapes of texts`() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<Fuzz.count(debug: 20_000, full: 1_000_000) {
            let text = random.awkwardText()
            #expect(Self.copied(.text(text), .scalar) == Self.escaped(text, Self.copy))
            let json = SeedValue.text(text).json
            #expect(Self.copied(.text(text), .json) == Self.escaped(json, Self.copy))
            let literal = "{\"\(Self.escaped(text, Self.array))\"}"
            #expect(Self.copied(.array([.text(text)]), .array) == Self.escaped(literal, Self.copy))
            // Foundation drops a byte-order mark at the start of a string, and behind an escape.
            if text.unicodeScalars.contains("\u{FEFF}") { continue }
            let decoded =
                try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? String
            #expect(decoded?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
        }
    }

    private static func copied(_ value: SeedValue, _ form: SeedColumnForm) -> String {
        bytes { $0.appendCopy(value, as: form) }
    }

    @Test(
        arguments: [
            (.null, .scalar, "\\N"), (.null, .json, "\\N"), (.null, .array, "\\N"), (.integer(5), .json, "5"),
            (.text("\\N"), .scalar, "\\\\N"), (.text("a"), .json, "\"a\""),
            (.time(0), .json, "\"1970-01-01T00:00:00Z\""),
            (.double(.nan), .json, "\"NaN\""), (.double(.nan), .scalar, "NaN"), (.bytes([1]), .scalar, "\\\\x01"),
            (.decimal("19.00"), .json, "19.00"), (.array([.integer(1), .null]), .scalar, "[1,null]"),
            (.array([]), .array, "{}"), (.array([.null, .bool(true), .text("NULL")]), .array, "{NULL,true,\"NULL\"}"),
            (.array([.array([.integer(1)]), .array([.integer(2)])]), .array, "{{1},{2}}"),
            (.array([.document([.init("a", .text("b"))])]), .array, "{\"{\\\\\"a\\\\\":\\\\\"b\\\\\"}\"}"),
            (.document([.init("a\n", .text("\t"))]), .json, "{\"a\\\\n\":\"\\\\t\"}"),
            (.document([]), .json, "{}"), (.text("{1,2}"), .array, "{1,2}"),
            (.extended(.undefined), .json, "\\N"), (.extended(.symbol("s")), .json, "\"s\""),
            (.extended(.minKey), .json, "{\"$minKey\":1}"),
        ] as [(SeedValue, SeedColumnForm, String)]
    )
    func `values as columns of COPY`(value: SeedValue, form: SeedColumnForm, text: String) {
        #expect(Self.copied(value, form) == text)
    }
}

extension SeedBuffer {
    fileprivate mutating func appendCopy(_ value: SeedValue, as form: SeedColumnForm) {
        value.appendCopy(as: form, to: &self)
    }
}
