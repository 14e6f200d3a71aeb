#if Redis
import ClientTesting
import RedisClient
import Testing

@testable import NexEnv

/// Records that become commands by copying: as their values would, or not at all.
@Suite struct RedisSeedRecordTests {
    private static let limits = RedisHashLimits(fields: 128, bytes: 64)

    /// The commands that the values of a record make; nothing where they are refused.
    private static func commands(_ fields: [SeedValue.Field]?, _ limits: RedisHashLimits? = nil) -> [UInt8]? {
        guard let fields, let entry = try? RedisSeedEntry(fields) else { return nil }
        var commands = RedisCommands(limits)
        entry.append(to: &commands, isNew: true)
        commands.finish()
        return Array(commands.bytes)
    }

    private static func copied(
        _ text: [UInt8],
        _ form: SeedRawRecord.Form,
        _ columns: [String] = [],
        _ limits: RedisHashLimits? = nil
    ) -> [UInt8]? {
        text.withUnsafeBytes { bytes in
            var commands = RedisCommands(limits)
            let record = SeedRawRecord(form: form, bytes: bytes, place: .init())
            guard RedisSeedRecord.append(record, .init(columns), to: &commands) else { return nil }
            commands.finish()
            return Array(commands.bytes)
        }
    }

    private static func object(_ text: [UInt8]) -> [SeedValue.Field]? {
        text.withUnsafeBytes { bytes in
            guard case .document(let fields)? = try? SeedJSONParser.parse(bytes) else { return nil }
            return fields
        }
    }

    @Test(arguments: [
        #"{"key": "a", "hash": {"b": "c", "n": 17, "m": -3, "z": 0}}"#, #"{"key":"a","string":"b"}"#,
        #"{ "key" : "a", "string" : 12 } "#, #"{"key": "a", "string": ""}"#,
    ])
    func `plain objects are copied`(_ text: String) throws {
        let bytes = Array(text.utf8)
        for limits in [nil, Self.limits] {
            let copied = try #require(Self.copied(bytes, .json, [], limits))
            #expect(copied == Self.commands(Self.object(bytes), limits))
        }
    }

    @Test(arguments: [
        #"{"key": "a", "hash": {}}"#, #"{"key": "", "string": "b"}"#, #"{"key": "a", "string": "b", "ttl": 3}"#,
        #"{"key": "a", "hash": {"b": 1, "b": 2}}"#, #"{"key": "a", "string": "\n"}"#, #"{"key": "ä", "string": "b"}"#,
        #"{"key": "a", "string": 007}"#, #"{"key": "a", "string": -0}"#, #"{"key": "a", "string": 1.5}"#,
        #"{"key": "a", "hash": {"b": null}}"#, #"{"key": "a", "hash": {"$date": "b"}}"#, #"{"key": "a"}"#,
        #"{"key": "a", "list": ["b"]}"#, #"{"key": "a", "string": "b"} x"#, #"{"key": "a", "string": "b""#, "{", "",
        #"{"string": "b", "key": "a"}"#, #"{"key": "a", "hash": {"b": 1}, "string": "c"}"#,
    ])
    func `others are not`(_ text: String) {
        #expect(Self.copied(Array(text.utf8), .json) == nil)
    }

    @Test func `lines of CSV`() {
        #expect(
            Self.copied(Array("a\tb".utf8), .line, ["key", "string"])
                == Self.commands([.init("key", .text("a")), .init("string", .text("b"))])
        )
        #expect(
            Self.copied(Array("b\ta".utf8), .line, ["string", "key"])
                == Self.commands([.init("key", .text("a")), .init("string", .text("b"))])
        )
        #expect(
            Self.copied(Array("a\t".utf8), .line, ["key", "string"])
                == Self.commands([.init("key", .text("a")), .init("string", .text(""))])
        )
        for line in ["\tb", "\\N\tb", "a\t\\N", "a\tb\\tc", "ä\tb"] {
            #expect(Self.copied(Array(line.utf8), .line, ["key", "string"]) == nil)
        }
        #expect(Self.copied(Array("a\tb".utf8), .line, ["key", "ttl"]) == nil)
        #expect(Self.copied(Array("a\tb\t3".utf8), .line, ["key", "string", "ttl"]) == nil)
    }

    /// Objects of any kind, and damaged ones: what is copied is what the values would have made.
    @Test func `whatever is copied is right`() throws {
        var random = SeededGenerator(seed: 47)
        let pieces = [
            "{", "}", "\"key\"", "\"hash\"", "\"string\"", ":", ",", " ", "\"a\"", "\"b\"", "\"\"", "1", "-7", "0",
            "null", "true",
            "\\", "\"$oid\"", "\t", "é", "1.5", "[", "]",
        ]
        let whole = [
            #"{"key": "a", "hash": {"b": "c", "d": 17}}"#, #"{"key": "a", "string": "b"}"#,
            #"{"key": "k1", "hash": {"x": "", "": 1}}"#,
        ]
        var count = 0
        for _ in 0..<Fuzz.count(debug: 20_000, full: 1_000_000) {
            var bytes = Array(whole.randomElement(using: &random)!.utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                if Bool.random(using: &random), place < bytes.count {
                    bytes.remove(at: place)
                } else {
                    bytes.insert(contentsOf: pieces.randomElement(using: &random)!.utf8, at: place)
                }
            }
            let limits = Bool.random(using: &random) ? Self.limits : nil
            guard let copied = Self.copied(bytes, .json, [], limits) else { continue }
            count += 1
            let made = Self.commands(Self.object(bytes), limits)
            #expect(copied == made, "\(String(decoding: bytes, as: UTF8.self))")
            guard copied == made else { return }
        }
        #expect(count > 1_000)
    }
}
#endif
