import ClientTesting
import Testing

@testable import RedisClient

/// Words that a hash may have.
enum RedisWord {
    private static let numbers = [
        "0", "127", "128", "4095", "4096", "32767", "32768", "8388607", "8388608", "2147483647", "2147483648",
        "9223372036854775807", "9223372036854775808",
    ]
    private static let others = ["", "-0", "007", "+1", "1.5", "-", " 1"]
    private static let lengths = [63, 64, 65, 255, 256, 4_095, 4_096]

    /// Numbers where an encoding begins or ends, what is nearly a number, and bytes of all kinds.
    static func random(_ random: inout SeededGenerator) -> [UInt8] {
        let kind = Int.random(in: 0..<12, using: &random)
        let length = kind == 0 ? lengths.randomElement(using: &random) ?? 0 : Int.random(in: 0...20, using: &random)
        return switch kind {
        case 1: Array((numbers.randomElement(using: &random) ?? "").utf8)
        case 2: Array("-\(numbers.randomElement(using: &random) ?? "")".utf8)
        case 3: Array("\(Int.random(in: Int.min...Int.max, using: &random))".utf8)
        case 4: Array((others.randomElement(using: &random) ?? "").utf8)
        default: (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }
}

@Suite struct RedisHashPayloadTests {
    @Test func `the checksum that Redis' own test has`() {
        let sum = Array("123456789".utf8).withUnsafeBytes { RedisChecksum.checksum(of: $0) }
        #expect(sum == 0xe9c6_d914_c4b8_d9ca)
        #expect(RedisChecksum.checksum(of: UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
    }

    /// What `DUMP` of Redis 7.0.15 says of this hash.
    @Test func `a small hash`() throws {
        let payload = try #require(Self.payload(["name", "Louis", "age", "44", "n", "-4096"]))
        let dumped: [UInt8] = [
            16, 33, 33, 0, 0, 0, 6, 0, 132, 110, 97, 109, 101, 5, 133, 76, 111, 117, 105, 115, 6, 131, 97, 103, 101, 4,
            44, 1, 129, 110, 2, 208, 0, 2, 255, 10, 0, 112, 14, 179, 241, 83, 162, 182, 61,
        ]
        #expect(payload == dumped)
    }

    @Test func `what was written is read, of both forms`() throws {
        var random = SeededGenerator(seed: 5)
        for number in 0..<5_000 {
            let count = number % 500 == 0 ? 300 : Int.random(in: 1...8, using: &random)
            let words = (0..<2 * count).map { _ in RedisWord.random(&random) }
            let payload = try #require(Self.payload(words, fields: 512))
            let longest = words.map(\.count).max() ?? 0
            if longest > 63 { #expect(payload.first == 4) } else if count < 10 { #expect(payload.first == 16) }
            #expect(payload.withUnsafeBytes { RedisHashPayload.words(in: $0) } == words)
            guard payload.withUnsafeBytes({ RedisHashPayload.words(in: $0) }) == words else { return }
        }
    }

    @Test func `limits`() throws {
        #expect(try #require(Self.payload(["a", "b", "c", "d"], fields: 1)).first == 4)
        #expect(try #require(Self.payload(["a", "four"], bytes: 3)).first == 4)
        #expect(try #require(Self.payload(["a", "four"], bytes: 4)).first == 16)
        #expect(Self.payload([String](), fields: 1) == nil)
        #expect(Self.payload([[97], [UInt8](repeating: 98, count: 1 << 14)]) == nil)
        let longest = Self.payload([[97], [UInt8](repeating: 98, count: 16_383)])
        // 16 bytes besides the value: its length is 2 of them, the version and the checksum 10.
        #expect(longest?.count == 16_399)
    }

    private static func payload(_ words: [String], fields: Int = 128, bytes: Int = 64) -> [UInt8]? {
        payload(words.map { Array($0.utf8) }, fields: fields, bytes: bytes)
    }

    private static func payload(_ words: [[UInt8]], fields: Int = 128, bytes: Int = 64) -> [UInt8]? {
        var end = 0
        let ranges = words.map { word in
            end += word.count
            return end - word.count..<end
        }
        return words.flatMap { $0 }.withUnsafeBytes { content in
            ranges.withUnsafeBufferPointer { ranges in
                RedisHashPayload(ranges, in: content, RedisHashLimits(fields: fields, bytes: bytes)).map { payload in
                    var target = [UInt8](repeating: 0, count: payload.length)
                    target.withUnsafeMutableBytes { payload.write(to: $0) }
                    return target
                }
            }
        }
    }
}
