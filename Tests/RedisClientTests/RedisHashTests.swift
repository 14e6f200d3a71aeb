import ClientTesting
import Testing

@testable import RedisClient

extension RedisTests {
    /// Hashes that are made before the connection is free: what the server has is what `HSET` makes.
    @Suite struct Hash {
        typealias Fields = [(name: [UInt8], value: [UInt8])]

        private static func fields(_ count: Int, _ random: inout SeededGenerator) -> Fields {
            // A number in front makes each name one of its own, and some are nothing else.
            (0..<count).map { number in
                let rest = Bool.random(using: &random) ? [] : [UInt8(ascii: ":")] + RedisWord.random(&random)
                return (Array("\(number)".utf8) + rest, RedisWord.random(&random))
            }
        }

        private static func add(_ fields: Fields, to key: String, _ commands: inout RedisCommands) {
            var bytes = Array(key.utf8)
            let words = fields.flatMap { [$0.name, $0.value] }.map { word in
                bytes += word
                return bytes.count - word.count..<bytes.count
            }
            bytes.withUnsafeBytes { bytes in
                words.withUnsafeBufferPointer { commands.addFields(to: 0..<key.utf8.count, $0, in: bytes) }
            }
        }

        /// What a key has, in the order in which the server keeps it where it keeps one.
        private static func content(_ key: String, _ connection: RedisConnection) async throws -> [RedisReply] {
            let key = RedisArgument(key)
            let encoding = try await connection.send(["OBJECT", "ENCODING", key])
            if encoding.text != "hashtable" { return [encoding, try await connection.send(["DUMP", key])] }
            let words = try await connection.send(["HGETALL", key]).array?.map { $0.bytes ?? [] } ?? []
            let pairs = stride(from: 0, to: words.count, by: 2).map { "\(words[$0]): \(words[$0 + 1])" }
            return [encoding] + pairs.sorted().map { .status($0) }
        }

        @Test func `a payload is what HSET makes`() async throws {
            try await withConnection { connection async throws in
                let limits = try #require(try await RedisHashLimits.of(connection))
                var random = SeededGenerator(seed: 11)
                let counts =
                    [1, 2, 63, 64, 127, 128, 129, 1_000] + (0..<500).map { _ in Int.random(in: 1...12, using: &random) }
                let (key, other) = (key(), key())
                var commands = RedisCommands(limits)
                for (number, count) in counts.enumerated() {
                    let fields = Self.fields(count, &random)
                    Self.add(fields, to: "\(key)-\(number)", &commands)
                    let words = fields.flatMap { [RedisArgument(bytes: $0.name), RedisArgument(bytes: $0.value)] }
                    try await connection.send(["HSET", RedisArgument("\(other)-\(number)")] + words)
                }
                commands.finish()
                #expect(commands.count == counts.count)
                #expect(commands.bytes.starts(with: "*4\r\n$7\r\nRESTORE\r\n".utf8))
                #expect(try await connection.run(commands).isEmpty)
                for number in counts.indices {
                    let made = try await Self.content("\(key)-\(number)", connection)
                    #expect(try await made == Self.content("\(other)-\(number)", connection), "\(number)")
                }
                try await connection.send(
                    ["UNLINK"]
                        + counts.indices.flatMap { [RedisArgument("\(key)-\($0)"), RedisArgument("\(other)-\($0)")] }
                )
            }
        }

        @Test func `a key that is there, or comes twice, is given the fields`() async throws {
            try await withConnection { connection async throws in
                let limits = try #require(try await RedisHashLimits.of(connection))
                let keys = (0..<4).map { "\(key())-\($0)" }
                try await connection.send(["HSET", RedisArgument(keys[0]), "a", "0", "b", "0"])
                try await connection.send(["SET", RedisArgument(keys[1]), "text"])
                var commands = RedisCommands(limits)
                func fields(_ names: String, _ value: String) -> Fields {
                    names.map { (Array(String($0).utf8), Array(value.utf8)) }
                }
                for (index, names) in [(0, "bc"), (1, "a"), (2, "ab"), (3, "x"), (2, "bc"), (1, "b"), (2, "cd")] {
                    Self.add(fields(names, "\(commands.count + 1)"), to: keys[index], &commands)
                }
                commands.finish()
                let refusals = try await connection.run(commands)
                #expect(refusals.map(\.index) == [1, 5])
                #expect(refusals.allSatisfy { $0.error.prefix == "WRONGTYPE" })
                func all(_ index: Int) async throws -> String {
                    let words = try await connection.send(["HGETALL", RedisArgument(keys[index])]).array
                    return words?.map { $0.text ?? "?" }.joined(separator: " ") ?? "?"
                }
                #expect(try await all(0) == "a 0 b 1 c 1")
                #expect(try await all(2) == "a 3 b 5 c 7 d 7")
                #expect(try await all(3) == "x 4")
                try await connection.send(["UNLINK"] + keys.map { RedisArgument($0) })
            }
        }

        @Test func `among other commands, all are done in their order`() async throws {
            try await withConnection { connection async throws in
                let limits = try #require(try await RedisHashLimits.of(connection))
                let (key, long) = (key(), [UInt8](repeating: 120, count: 1 << 14))
                var commands = RedisCommands(limits)
                Self.add([(Array("a".utf8), Array("1".utf8))], to: key, &commands)
                Self.add([(Array("a".utf8), Array("2".utf8)), (Array("b".utf8), long)], to: key, &commands)
                Self.add([(Array("c".utf8), long), (Array("a".utf8), Array("3".utf8))], to: key, &commands)
                commands.append(["HINCRBY", RedisArgument(key), "a", "4"])
                Array("text".utf8).withUnsafeBytes { text in
                    Array("\(key)-".utf8).withUnsafeBytes { commands.set($0, to: text) }
                }
                Self.add([(Array("d".utf8), Array("5".utf8))], to: key, &commands)
                Self.add([(Array("d".utf8), Array("5".utf8))], to: "\(key)-", &commands)
                commands.finish()
                #expect(commands.count == 7)
                let refusals = try await connection.run(commands)
                #expect(refusals.map(\.index) == [6])
                #expect(
                    try await connection.send(["HMGET", RedisArgument(key), "a", "d"]).array?.map(\.text) == ["7", "5"]
                )
                #expect(try await connection.send(["HGET", RedisArgument(key), "c"]).bytes == long)
                try await connection.send(["UNLINK", RedisArgument(key), RedisArgument("\(key)-")])
            }
        }
    }
}
