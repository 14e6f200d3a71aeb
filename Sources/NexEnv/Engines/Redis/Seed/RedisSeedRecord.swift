#if Redis
import RedisClient

/// Records of a file that become commands by copying: a new key with a text or a hash, without a lifetime, all of it ASCII
/// and without escapes.
///
/// A million of them take a quarter of the time that values would. Whatever else a record has is left to ``RedisSeedEntry``,
/// which also says what is wrong with it; both make the same commands.
enum RedisSeedRecord {
    /// Where a line of CSV has key and text, which are all that it has.
    struct Columns: Sendable {
        var key: Int
        var text: Int

        init?(_ names: [String]) {
            guard names.count == 2, let key = names.firstIndex(of: "key"), let text = names.firstIndex(of: "string")
            else {
                return nil
            }
            self.key = key
            self.text = text
        }
    }

    /// Appends the command that makes the key.
    ///
    /// - Returns: False where nothing was appended, since the record isn't as plain as that.
    static func append(_ record: SeedRawRecord, _ columns: Columns?, to commands: inout RedisCommands) -> Bool {
        switch record.form {
        case .line: columns.map { append(line: record.bytes, $0, to: &commands) } ?? false
        case .json: append(object: record.bytes, to: &commands)
        }
    }

    // MARK: - Lines

    private static func append(
        line: UnsafeRawBufferPointer,
        _ columns: Columns,
        to commands: inout RedisCommands
    ) -> Bool {
        guard let tab = line.index(of: UInt8(ascii: "\t"), from: 0), isPlain(line) else { return false }
        let parts = (
            UnsafeRawBufferPointer(rebasing: line[..<tab]), UnsafeRawBufferPointer(rebasing: line[(tab + 1)...])
        )
        let key = columns.key == 0 ? parts.0 : parts.1
        guard !key.isEmpty else { return false }
        commands.set(key, to: columns.key == 0 ? parts.1 : parts.0)
        return true
    }

    private static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        for byte in bytes where byte >= 0x80 || byte == UInt8(ascii: "\\") { return false }
        return true
    }

    // MARK: - Objects

    /// How many fields a hash may have here.
    private static let mostFields = 32

    /// Reads `{"key": "…", "hash": {"…": …}}` and `{"key": "…", "string": …}`.
    private static func append(object: UnsafeRawBufferPointer, to commands: inout RedisCommands) -> Bool {
        withUnsafeTemporaryAllocation(of: Range<Int>.self, capacity: 2 * mostFields) { words in
            var scanner = Scanner(bytes: object)
            guard scanner.take(UInt8(ascii: "{")), scanner.takeName("key"), let key = scanner.string(), !key.isEmpty,
                scanner.take(UInt8(ascii: ","))
            else { return false }
            var count = 0
            if scanner.takeName("string") {
                guard let text = scanner.scalar() else { return false }
                words.initializeElement(at: 0, to: text)
            } else {
                guard scanner.takeName("hash"), let fields = scanner.fields(words) else { return false }
                count = fields
            }
            guard scanner.take(UInt8(ascii: "}")), scanner.isAtEnd else { return false }
            let slice = { UnsafeRawBufferPointer(rebasing: object[$0 as Range<Int>]) }
            if count == 0 {
                commands.set(slice(key), to: slice(words[0]))
            } else {
                let fields = UnsafeBufferPointer(rebasing: words[..<(2 * count)])
                commands.addFields(to: key, fields, in: object)
            }
            return true
        }
    }

    /// Goes over the plainest JSON; wherever there is more to it, it finds nothing.
    private struct Scanner {
        let bytes: UnsafeRawBufferPointer
        var offset = 0

        private mutating func skipBlanks() {
            while offset < bytes.count, bytes[offset] == 0x20 { offset += 1 }
        }

        var isAtEnd: Bool {
            mutating get {
                while offset < bytes.count, [0x20, 0x0d, 0x09].contains(bytes[offset]) { offset += 1 }
                return offset == bytes.count
            }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            skipBlanks()
            guard offset < bytes.count, bytes[offset] == byte else { return false }
            offset += 1
            return true
        }

        /// Takes a name with its quotes and colon; nothing of another one.
        mutating func takeName(_ name: StaticString) -> Bool {
            let start = offset
            guard let found = string(), found.count == name.utf8CodeUnitCount,
                bytes[found].elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: found.count)),
                take(UInt8(ascii: ":"))
            else {
                offset = start
                return false
            }
            return true
        }

        /// Takes a string; returns where what is between its quotes stands.
        mutating func string() -> Range<Int>? {
            guard take(UInt8(ascii: "\"")) else { return nil }
            let start = offset
            while offset < bytes.count {
                let byte = bytes[offset]
                if byte == UInt8(ascii: "\"") {
                    offset += 1
                    return start..<offset - 1
                }
                guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") else { return nil }
                offset += 1
            }
            return nil
        }

        /// Takes a string, or a whole number that is spelled as it is printed.
        mutating func scalar() -> Range<Int>? {
            if let text = string() { return text }
            let start = offset
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
            let digits = offset
            while offset < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[offset] { offset += 1 }
            guard 1...18 ~= offset - digits,
                bytes[digits] != UInt8(ascii: "0") || start..<offset == digits..<digits + 1,
                offset < bytes.count, [UInt8(ascii: ","), UInt8(ascii: "}"), 0x20].contains(bytes[offset])
            else { return nil }
            return start..<offset
        }

        /// Takes an object of names and values, each name once; returns how many, with the names' and values' places.
        mutating func fields(_ words: UnsafeMutableBufferPointer<Range<Int>>) -> Int? {
            guard take(UInt8(ascii: "{")) else { return nil }
            var count = 0
            repeat {
                guard 2 * count < words.count, let name = string(), take(UInt8(ascii: ":")) else { return nil }
                skipBlanks()
                guard let value = scalar() else { return nil }
                // A name with a dollar at its start may be Extended JSON.
                guard name.isEmpty || bytes[name.lowerBound] != UInt8(ascii: "$") else { return nil }
                for other in 0..<count where bytes[words[2 * other]].elementsEqual(bytes[name]) { return nil }
                words.initializeElement(at: 2 * count, to: name)
                words.initializeElement(at: 2 * count + 1, to: value)
                count += 1
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "}")) ? count : nil
        }
    }
}
#endif
