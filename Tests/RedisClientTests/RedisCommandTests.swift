import ClientTesting
import RedisClient
import Synchronization
import Testing

extension RedisTests {
    @Suite struct Command {
        @Test func `every kind of reply`() async throws {
            try await withConnection { connection async throws in
                let key = key()
                #expect(try await connection.send(["SET", .init(key), "wörld \u{1f600}"]) == .status("OK"))
                #expect(try await connection.send(["GET", .init(key)]).text == "wörld \u{1f600}")
                #expect(try await connection.send(["STRLEN", .init(key)]) == .integer(11))
                #expect(try await connection.send(["GET", .init(key + "-")]).isNull)
                #expect(try await connection.send(["MGET", .init(key), "nexenv-test:no"]).array?.count == 2)
                #expect(
                    try await connection.send(["EVAL", "return {1, {'a', false}, {}}", 0])
                        == .array([.integer(1), .array([.string([97]), .null]), .array([])])
                )
                #expect(try await connection.send(["DEL", .init(key)]).int == 1)
            }
        }

        @Test func `all bytes and a large value`() async throws {
            try await withConnection { connection async throws in
                let key = RedisArgument(key())
                let bytes = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0) }
                try await connection.send(["SET", key, .init(bytes: bytes)])
                #expect(try await connection.send(["GET", key]).bytes == bytes)
                #expect(try await connection.send(["UNLINK", key]) == .integer(1))
                #expect(try await connection.send(["ECHO", ""]).bytes == [])
            }
        }

        @Test func `commands that were made before, texts in groups, and those that are refused`() async throws {
            try await withConnection { connection async throws in
                let key = key()
                func raw(_ text: String, _ body: (UnsafeRawBufferPointer) -> Void) {
                    Array(text.utf8).withUnsafeBytes(body)
                }
                var commands = RedisCommands()
                for number in 0..<1_000 {
                    raw("\(key)-\(number)") { name in raw("wörld \(number)") { commands.set(name, to: $0) } }
                    // One in a hundred ends a group, and is refused.
                    guard number % 100 == 50 else { continue }
                    commands.append(["HSET", RedisArgument("\(key)-\(number)"), "a", "b"])
                }
                commands.append(["MULTI"])
                commands.append(["LPUSH", RedisArgument("\(key)-1"), "x"])
                commands.append(["EXEC"])
                commands.finish()
                let refusals = try await connection.run(commands)
                #expect(commands.count < 60)
                #expect(refusals.map(\.index) == Array(refusals.map(\.index)).sorted())
                #expect(refusals.count == 11)
                #expect(refusals.last?.index == commands.count - 1)
                #expect(refusals.allSatisfy { $0.error.message.contains("wrong kind of value") })
                for number in [0, 1, 63, 64, 50, 51, 999] {
                    let text = try await connection.send(["GET", RedisArgument("\(key)-\(number)")]).text
                    #expect(text == "wörld \(number)")
                }
                var single = RedisCommands()
                raw(key) { name in raw("") { single.set(name, to: $0) } }
                single.finish()
                #expect(try await connection.run(single).isEmpty)
                #expect(try await connection.send(["GET", RedisArgument(key)]).text == "")
                #expect(try await connection.run(RedisCommands()).isEmpty)
                try await connection.send(["UNLINK"] + (0..<1_000).map { RedisArgument("\(key)-\($0)") })
            }
        }

        @Test func `an error reply is thrown and leaves the connection usable`() async throws {
            try await withConnection { connection async throws in
                let key = RedisArgument(key())
                try await connection.send(["SET", key, "s3cret-value"])
                let wrongType = try await redisError { try await connection.send(["LPUSH", key, "x"]) }
                #expect(wrongType.code == .server)
                #expect(wrongType.prefix == "WRONGTYPE")
                let unknown = try await redisError { try await connection.send(["NOSUCH", "s3cret-value"]) }
                #expect(unknown.prefix == "ERR")
                #expect(!unknown.description.contains("s3cret-value"))
                #expect(unknown.debugDescription.contains("s3cret-value"))
                #expect(try await redisError { try await connection.send([]) }.code == .invalidArgument)
            }
        }

        @Test func `a pipeline of a hundred thousand commands`() async throws {
            try await withConnection { connection async throws in
                let key = key()
                let commands = (0..<100_000).lazy.map { number -> [RedisArgument] in
                    number == 500 ? ["NOSUCH"] : ["HSET", .init(key), .init(number), "value \(number)"]
                }
                let replies = try await connection.pipeline(Array(commands))
                #expect(replies.count == 100_000)
                #expect(replies.count { $0 == .integer(1) } == 99_999)
                guard case .error(let error) = replies[500] else {
                    Issue.record("the wrong command got no error")
                    return
                }
                #expect(error.prefix == "ERR")
                #expect(try await connection.send(["HLEN", .init(key)]) == .integer(99_999))
                try await connection.send(["UNLINK", .init(key)])
            }
        }

        @Test func `large commands and large replies at the same time`() async throws {
            try await withConnection { connection async throws in
                let bytes = [UInt8](repeating: 7, count: 1_000_000)
                let commands = [[RedisArgument]](repeating: ["ECHO", .init(bytes: bytes)], count: 50)
                let count = Mutex(0)
                try await connection.pipeline(commands) { index, reply in
                    guard reply.bytes?.count == bytes.count else { return }
                    count.withLock { $0 += 1 }
                }
                #expect(count.withLock { $0 } == 50)
            }
        }

        @Test func `a transaction in a pipeline`() async throws {
            try await withConnection { connection async throws in
                let key = RedisArgument(key())
                let replies = try await connection.pipeline([
                    ["MULTI"], ["SET", key, "1"], ["LPUSH", key, "x"], ["INCR", key], ["EXEC"], ["UNLINK", key],
                ])
                let results = try #require(replies[4].array)
                #expect(results[0] == .status("OK"))
                #expect(results[2] == .integer(2))
            }
        }
    }
}
