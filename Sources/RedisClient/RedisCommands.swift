/// Commands in the form in which they travel, made before the connection is free to send them.
///
/// ```swift
/// var commands = RedisCommands()
/// commands.append(["SET", "greeting", "hello"])
/// commands.finish()
/// for refusal in try await connection.run(commands) { print(refusal.index, refusal.error) }
/// ```
public struct RedisCommands: Sendable {
    /// Room for the commands in Redis' protocol (RESP), and how much of it is used.
    private var room: [UInt8] = []
    private var used = 0

    /// The commands in Redis' protocol.
    package var bytes: ArraySlice<UInt8> { room[..<used] }

    /// How many commands there are.
    public private(set) var count = 0

    /// How many of the commands are hashes that travel as payloads: all of them or none.
    private var payloads = 0
    private let limits: RedisHashLimits?

    /// Creates a list without commands.
    ///
    /// - Parameter limits: Those of the server that it goes to, if hashes may travel as payloads.
    public init(_ limits: RedisHashLimits? = nil) {
        self.limits = limits
    }

    /// Appends a command.
    ///
    /// - Parameter command: Its words, of which there has to be one at least.
    public mutating func append(_ command: [RedisArgument]) {
        begin(words: command.count)
        for word in command { word.bytes.withUnsafeBytes { append($0) } }
    }

    // MARK: - Texts

    /// Where the `MSET` starts that is being made, and how many keys it has.
    private var open: (start: Int, count: Int)?

    /// How many keys an `MSET` has, and what then stands in front of them.
    private static let mostKeys = 64
    private static let fullHeader = Array("*129\r\n$4\r\nMSET\r\n".utf8)

    /// Sets a key to a text, whatever it has been; several in a row are one command, which takes the server half of the time.
    public mutating func set(_ key: UnsafeRawBufferPointer, to text: UnsafeRawBufferPointer) {
        if open == nil {
            sendPayloadsAsFields()
            open = (used, 0)
            count += 1
            Self.fullHeader.withUnsafeBytes { copy($0) }
        }
        appendWord(key)
        appendWord(text)
        open?.count += 1
        if open?.count == Self.mostKeys { open = nil }
    }

    /// Ends the list: nothing follows, and it can be sent.
    public mutating func finish() {
        guard let (start, keys) = open else { return }
        open = nil
        let words = Array(room[start + Self.fullHeader.count..<used])
        used = start
        appendHeader(UInt8(ascii: "*"), 1 + 2 * keys)
        append("MSET")
        words.withUnsafeBytes { copy($0) }
    }

    // MARK: - Hashes

    private static let payloadHeader = Array("*4\r\n$7\r\nRESTORE\r\n".utf8)
    private static let payloadLifetime = Array("$1\r\n0\r\n".utf8)

    /// Makes a key a hash, or adds fields to the hash that it is.
    ///
    /// Where a list has nothing else, its hashes travel as payloads, which take the server a third less time than `HSET`. Those
    /// that it refuses, such as for a key that is there, are sent by `HSET` then: among hashes alone that changes nothing.
    ///
    /// - Parameters:
    ///   - key: Where the key stands in the bytes.
    ///   - words: Where names and values stand, in turn; no name twice.
    public mutating func addFields(
        to key: Range<Int>,
        _ words: UnsafeBufferPointer<Range<Int>>,
        in bytes: UnsafeRawBufferPointer
    ) {
        guard payloads == count, let limits, let payload = RedisHashPayload(words, in: bytes, limits) else {
            begin(words: 2 + words.count)
            append("HSET")
            append(UnsafeRawBufferPointer(rebasing: bytes[key]))
            for word in words { append(UnsafeRawBufferPointer(rebasing: bytes[word])) }
            return
        }
        Self.payloadHeader.withUnsafeBytes { copy($0) }
        appendWord(UnsafeRawBufferPointer(rebasing: bytes[key]))
        Self.payloadLifetime.withUnsafeBytes { copy($0) }
        appendHeader(UInt8(ascii: "$"), payload.length)
        write(atMost: payload.length + 2) { target in
            payload.write(to: UnsafeMutableRawBufferPointer(start: target, count: payload.length))
            target.storeBytes(of: Self.lineEnd, toByteOffset: payload.length, as: UInt16.self)
            return payload.length + 2
        }
        count += 1
        payloads += 1
    }

    /// Returns commands that do by `HSET` what payloads were refused for, one for each.
    func retry(of refusals: [RedisRefusal]) -> RedisCommands? {
        payloads > 0 && !refusals.isEmpty ? fields(of: refusals.map(\.index)) : nil
    }

    private mutating func sendPayloadsAsFields() {
        if payloads > 0 { self = fields(of: Array(0..<count)) }
    }

    /// Makes `HSET` of some of the payloads.
    private func fields(of indices: [Int]) -> RedisCommands {
        var commands = RedisCommands()
        var wanted = indices[...]
        bytes.withUnsafeBytes { bytes in
            var reader = RedisWordReader(bytes: bytes)
            for index in 0..<count where !wanted.isEmpty {
                let words = reader.command().map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
                guard wanted.first == index else { continue }
                wanted.removeFirst()
                let fields = RedisHashPayload.words(in: words[3])
                commands.append((["HSET".utf8.map { $0 }, Array(words[1])] + fields).map { RedisArgument(bytes: $0) })
            }
        }
        return commands
    }

    // MARK: - Words

    /// Begins a command of so many words, each of which has to be appended then.
    public mutating func begin(words: Int) {
        precondition(words > 0)
        finish()
        sendPayloadsAsFields()
        appendHeader(UInt8(ascii: "*"), words)
        count += 1
    }

    /// Appends a word of the command that was begun, in UTF-8.
    public mutating func append(_ word: String) {
        var word = word
        word.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a word of the command that was begun.
    public mutating func append(_ word: UnsafeRawBufferPointer) {
        appendWord(word)
    }

    private mutating func appendWord(_ word: UnsafeRawBufferPointer) {
        appendHeader(UInt8(ascii: "$"), word.count)
        write(atMost: word.count + 2) { target in
            if let start = word.baseAddress { target.copyMemory(from: start, byteCount: word.count) }
            target.storeBytes(of: Self.lineEnd, toByteOffset: word.count, as: UInt16.self)
            return word.count + 2
        }
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        write(atMost: bytes.count) { target in
            if let start = bytes.baseAddress { target.copyMemory(from: start, byteCount: bytes.count) }
            return bytes.count
        }
    }

    private static let lineEnd = UInt16(littleEndian: 0x0a0d)

    private mutating func appendHeader(_ kind: UInt8, _ number: Int) {
        write(atMost: 24) { target in
            target.storeBytes(of: kind, as: UInt8.self)
            var digits = 1
            var limit = 10
            while number >= limit, digits < 19 {
                digits += 1
                limit &*= 10
            }
            var rest = number
            for place in stride(from: digits, to: 0, by: -1) {
                target.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: place, as: UInt8.self)
                rest /= 10
            }
            target.storeBytes(of: Self.lineEnd, toByteOffset: digits + 1, as: UInt16.self)
            return digits + 3
        }
    }

    /// Makes room, lets bytes be written from a place on, and counts those that were.
    @inline(__always)
    private mutating func write(atMost count: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
        if room.count - used < count {
            room.append(contentsOf: repeatElement(0, count: max(count, room.count, 1_024)))
        }
        let start = used
        used += room.withUnsafeMutableBytes { room in room.baseAddress.map { body($0 + start) } ?? 0 }
    }
}

/// A command that the server has answered with an error.
public struct RedisRefusal: Sendable {
    /// Which one of the commands, counted from 0.
    public let index: Int
    /// What the server said; of a transaction, the first of its errors.
    public let error: RedisError
}
