import ClientTesting
import Foundation
@testable import NexEnv
import Testing

/// Small texts out of everything that a reader of CSV looks at, always the same ones.
@Suite struct SeedCSVFuzzTests {
    private static let pieces = [
        ",", ",", "\"", "\"", "\"\"", "\n", "\n", "\r\n", "\r", "a", "b c", "é", "\\", "\\N", "\\.", "\t", "\0", ";",
        "NULL",
    ]

    /// RFC 4180 said as simply as can be: the records of a text of two columns, or nothing where it breaks a rule.
    private static func records(_ text: [UInt8], null: String) -> [[[UInt8]?]]? {
        var records: [[[UInt8]?]] = []
        var rest = text[...]
        func take(_ bytes: String) -> Bool {
            guard rest.starts(with: bytes.utf8) else { return false }
            rest = rest.dropFirst(bytes.utf8.count)
            return true
        }
        while !rest.isEmpty {
            if take("\n") || take("\r\n") { continue }
            if Array(rest) == Array("\r".utf8) { break }
            var fields: [[UInt8]?] = []
            repeat {
                if take("\"") {
                    var field: [UInt8] = []
                    while true {
                        if take("\"\"") {
                            field.append(UInt8(ascii: "\""))
                        } else if take("\"") {
                            break
                        } else if let byte = rest.popFirst() {
                            field.append(byte)
                        } else {
                            return nil
                        }
                    }
                    fields.append(field)
                } else {
                    let field = Array(rest.prefix { !",\"\r\n".utf8.contains($0) })
                    rest = rest.dropFirst(field.count)
                    fields.append(field.elementsEqual(null.utf8) ? nil : field)
                }
            } while take(",")
            guard fields.count == 2, rest.isEmpty || take("\n") || take("\r\n") || (rest.count == 1 && take("\r"))
            else {
                return nil
            }
            records.append(fields)
        }
        return records
    }

    /// Every text gives the records of the simple reader, or is refused where that one refuses it.
    @Test func `records are those of a reader that is right and slow`() throws {
        let count = Fuzz.count(debug: 100_000, full: 2_000_000)
        var random = SeededGenerator(seed: 21)
        var read = 0
        for _ in 0..<count {
            var text = ""
            for _ in 0..<Int.random(in: 0...10, using: &random) {
                text += Self.pieces.randomElement(using: &random) ?? ""
            }
            var options = SeedCSVOptions()
            options.names = ["x", "y"]
            options.null = ["", "\\N", "NULL"].randomElement(using: &random)
            let chunkSize = Int.random(in: 1...8, using: &random)
            let expected = Self.records(Array(text.utf8), null: options.null ?? "")
            let found = try? SeedCSVTests.read(Array(text.utf8), options, chunkSize: chunkSize).records
            let same = expected.map { $0.map { $0.map { $0.map { String(decoding: $0, as: UTF8.self) } } } }
            guard found == same else {
                Issue.record(
                    "\(text.debugDescription) gives \(found.debugDescription) and not \(same.debugDescription)"
                )
                return
            }
            if let found, !found.isEmpty { read += 1 }
        }
        // The texts would prove nothing if most of them were refused.
        #expect(read > count / 20)
    }

    /// What is written as CSV is read again, byte for byte.
    @Test func `CSV round-trips`() throws {
        var random = SeededGenerator(seed: 22)
        for _ in 0..<Fuzz.count(debug: 10_000, full: 1_000_000) {
            let columns = Int.random(in: 2...5, using: &random)
            let records: [[String?]] = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                (0..<columns).map { _ in Bool.random(using: &random) ? random.awkwardText(maxLength: 8) : nil }
            }
            let lineEnd = Bool.random(using: &random) ? "\n" : "\r\n"
            let lines = records.map { record in
                record.map { $0.map { "\"\($0.escapedQuotes)\"" } ?? "" }.joined(separator: ",") + lineEnd
            }
            let header = (0..<columns).map { "c\($0)" }.joined(separator: ",") + lineEnd
            let bytes = Array((header + lines.joined()).utf8)
            let found = try SeedCSVTests.read(bytes, chunkSize: Int.random(in: 1...40, using: &random)).records
            let same = found.elementsEqual(records) { left, right in
                left.elementsEqual(right) { $0.map { Array($0.utf8) } == $1.map { Array($0.utf8) } }
            }
            #expect(same)
            if !same { return }
        }
    }

    /// Bytes of any kind, with and without a header: nothing crashes or hangs, and every refusal has a place in the text.
    @Test func `bytes of any kind`() throws {
        var random = SeededGenerator(seed: 23)
        let bytes: [UInt8] = [0x2C, 0x22, 0x0A, 0x0D, 0x5C, 0x61, 0x09, 0x00, 0xC3, 0xA9, 0xFF, 0xEF, 0xBB, 0xBF, 0x3B]
        for _ in 0..<Fuzz.count(debug: 50_000, full: 1_000_000) {
            let text = (0..<Int.random(in: 0...16, using: &random)).map { _ in bytes.randomElement(using: &random) ?? 0
            }
            var options = SeedCSVOptions()
            options.delimiter = Bool.random(using: &random) ? UInt8(ascii: ",") : UInt8(ascii: "\t")
            if Bool.random(using: &random) { options.names = ["x"] }
            do {
                _ = try SeedCSVTests.read(text, options, chunkSize: Int.random(in: 1...16, using: &random))
            } catch let error as Diagnostics {
                let position = try #require(error.all.first?.position)
                let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
                #expect(1...lines.count ~= position.line)
                #expect(1...(lines[min(lines.count, position.line) - 1].count + 2) ~= position.column)
                _ = DiagnosticRenderer(style: .plain).render(error.all)
            }
        }
    }
}

extension String {
    /// The text with its quotes doubled, scalar by scalar: an accent behind a quote makes one character of both.
    fileprivate var escapedQuotes: String {
        unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    }
}
