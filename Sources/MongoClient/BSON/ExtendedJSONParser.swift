extension BSONDocument {
    /// Creates a document from Extended JSON, version 2, canonical or relaxed or mixed.
    ///
    /// Strict JSON otherwise: no comments, no trailing commas, no key twice in one object.
    ///
    /// - Throws: ``BSONError`` with the ``BSONError/position``.
    public init(extendedJSON text: String) throws(BSONError) {
        guard case .document(let document) = try BSONValue(extendedJSON: text) else {
            throw BSONError("a document begins with {", position: .init(line: 1, column: 1))
        }
        self = document
    }
}

extension BSONValue {
    /// Creates a value from Extended JSON; see ``BSONDocument/init(extendedJSON:)``.
    ///
    /// - Throws: ``BSONError`` with the ``BSONError/position``.
    public init(extendedJSON text: String) throws(BSONError) {
        var parser = ExtendedJSONParser(text)
        self = try parser.wholeText()
    }
}

/// Reads Extended JSON.
struct ExtendedJSONParser {
    /// A key, where it begins, and its value.
    struct Member {
        let key: String
        let offset: Int
        let value: BSONValue
    }

    private var scanner: JSONScanner
    private var depth = 0

    init(_ text: String) {
        scanner = JSONScanner(text)
    }

    mutating func wholeText() throws(BSONError) -> BSONValue {
        let value = try value()
        scanner.skipBlanks()
        guard scanner.isAtEnd else { throw scanner.error("nothing may follow the value") }
        return value
    }

    private mutating func value() throws(BSONError) -> BSONValue {
        scanner.skipBlanks()
        switch scanner.next {
        case UInt8(ascii: "{"): return try nested { parser throws(BSONError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(BSONError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try scanner.string())
        default:
            if scanner.isAtNumber { return try scanner.number() }
            if scanner.skip("true") { return .bool(true) }
            if scanner.skip("false") { return .bool(false) }
            if scanner.skip("null") { return .null }
            throw scanner.error(scanner.isAtEnd ? "the text ends where a value is expected" : "a value is expected")
        }
    }

    private mutating func nested(
        _ body: (inout Self) throws(BSONError) -> BSONValue
    ) throws(BSONError) -> BSONValue {
        guard depth < BSONCursor.maxDepth else {
            throw scanner.error("more than \(BSONCursor.maxDepth) levels of nesting")
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func array() throws(BSONError) -> BSONValue {
        _ = scanner.skip("[")
        var values: [BSONValue] = []
        scanner.skipBlanks()
        if scanner.skip("]") { return .array([]) }
        while true {
            values.append(try value())
            scanner.skipBlanks()
            if scanner.skip("]") { return .array(values) }
            guard scanner.skip(",") else { throw scanner.error("a comma or ] is expected") }
        }
    }

    private mutating func object() throws(BSONError) -> BSONValue {
        let start = scanner.offset
        _ = scanner.skip("{")
        var members: [Member] = []
        // Bytes, because Swift counts an accent spelled in two ways as the same text, and MongoDB doesn't.
        var keys: Set<[UInt8]> = []
        scanner.skipBlanks()
        if scanner.skip("}") { return .document(BSONDocument()) }
        while true {
            let member = try member()
            guard keys.insert(Array(member.key.utf8)).inserted else {
                throw scanner.error("the key \(member.key) occurs twice", at: member.offset)
            }
            members.append(member)
            scanner.skipBlanks()
            if scanner.skip("}") { break }
            guard scanner.skip(",") else { throw scanner.error("a comma or } is expected") }
        }
        return try finish(members, start)
    }

    private mutating func member() throws(BSONError) -> Member {
        scanner.skipBlanks()
        let offset = scanner.offset
        guard scanner.next == UInt8(ascii: "\"") else { throw scanner.error("a key in double quotes is expected") }
        let key = try scanner.string()
        guard !key.utf8.contains(0) else { throw scanner.error("a key can't hold a NUL character", at: offset) }
        scanner.skipBlanks()
        guard scanner.skip(":") else { throw scanner.error("a colon is expected") }
        return Member(key: key, offset: offset, value: try value())
    }

    /// Makes a document out of members, or the value that a wrapper such as `{"$oid": …}` stands for.
    private func finish(_ members: [Member], _ start: Int) throws(BSONError) -> BSONValue {
        if members.contains(where: { $0.key.utf8.first == UInt8(ascii: "$") }) {
            do {
                if let value = try ExtendedJSONWrapper.value(members.map { ($0.key, $0.value) }) { return value }
            } catch {
                throw scanner.error(error.message, at: start)
            }
        }
        var writer = BSONWriter()
        for member in members {
            do {
                try writer.append(member.value, forKey: member.key)
            } catch {
                throw scanner.error(error.message, at: member.offset)
            }
        }
        return .document(BSONDocument(trusted: writer.finish()))
    }
}
