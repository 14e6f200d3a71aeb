/// Writes a document, element by element.
package struct BSONWriter {
    private var bytes: [UInt8]
    private let start: Int

    /// Creates a writer that adds to a whole document.
    init(continuing document: [UInt8] = [5, 0, 0, 0, 0]) {
        bytes = document
        bytes.removeLast()
        start = 0
    }

    /// Creates a writer of a new document that will have about so many bytes.
    package init(capacity: Int) {
        self.init()
        bytes.reserveCapacity(capacity)
    }

    /// How many bytes were written.
    package var count: Int { bytes.count }

    /// Ends the document and returns its bytes.
    consuming func finish() -> [UInt8] {
        closeDocument(from: start)
        return bytes
    }

    /// Ends the document.
    package consuming func document() -> BSONDocument {
        BSONDocument(trusted: finish())
    }

    /// Appends a key and its value; neither where this throws.
    ///
    /// - Throws: ``BSONError`` for a NUL character in a key or in a regular expression.
    package mutating func append(_ value: BSONValue, forKey key: String) throws(BSONError) {
        let mark = bytes.count
        do throws(BSONError) {
            bytes.append(value.type.rawValue)
            try appendCString(key, "a key")
            try append(value)
        } catch {
            bytes.removeLast(bytes.count - mark)
            throw error
        }
    }

    /// Appends a key, and what the body writes as the elements of its value: a document or an array.
    ///
    /// - Throws: ``BSONError`` for a NUL character in the key; nothing was appended then.
    package mutating func append(
        _ type: BSONType,
        forKey key: String,
        _ body: (inout BSONWriter) -> Void
    ) throws(BSONError) {
        let mark = bytes.count
        do throws(BSONError) {
            bytes.append(type.rawValue)
            try appendCString(key, "a key")
        } catch {
            bytes.removeLast(bytes.count - mark)
            throw error
        }
        let start = openDocument()
        body(&self)
        closeDocument(from: start)
    }

    private mutating func append(_ value: BSONValue) throws(BSONError) {
        switch value {
        case .double(let number): append(integer: number.bitPattern)
        case .string(let text), .javaScript(let text), .symbol(let text): append(string: text)
        case .document(let document): bytes += document.bytes
        case .array(let values):
            let start = openDocument()
            for (index, value) in values.enumerated() { try append(value, forKey: String(index)) }
            closeDocument(from: start)
        case .binary(let content, let subtype): append(binary: content, subtype: subtype)
        case .undefined, .null, .minKey, .maxKey: break
        case .objectID(let id): bytes += id.bytes
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .date(let milliseconds): append(integer: milliseconds)
        case .regularExpression(let pattern, let options):
            try appendCString(pattern, "a regular expression")
            try appendCString(options, "the options of a regular expression")
        case .dbPointer(let collection, let id):
            append(string: collection)
            bytes += id.bytes
        case .javaScriptWithScope(let code, let scope):
            let start = bytes.count
            append(integer: Int32(0))
            append(string: code)
            bytes += scope.bytes
            setLength(at: start)
        case .int32(let integer): append(integer: integer)
        case .timestamp(let seconds, let increment):
            append(integer: increment)
            append(integer: seconds)
        case .int64(let integer): append(integer: integer)
        case .decimal128(let decimal):
            append(integer: decimal.low)
            append(integer: decimal.high)
        }
    }

    private mutating func append(integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(string: String) {
        append(integer: Int32(string.utf8.count + 1))
        bytes += string.utf8
        bytes.append(0)
    }

    private mutating func append(binary content: [UInt8], subtype: UInt8) {
        let isOld = subtype == 2
        append(integer: Int32(content.count + (isOld ? 4 : 0)))
        bytes.append(subtype)
        if isOld { append(integer: Int32(content.count)) }
        bytes += content
    }

    private mutating func appendCString(_ text: String, _ what: String) throws(BSONError) {
        guard !text.utf8.contains(0) else { throw BSONError("\(what) can't hold a NUL character") }
        bytes += text.utf8
        bytes.append(0)
    }

    private mutating func openDocument() -> Int {
        let start = bytes.count
        append(integer: Int32(0))
        return start
    }

    private mutating func closeDocument(from start: Int) {
        bytes.append(0)
        setLength(at: start)
    }

    private mutating func setLength(at start: Int) {
        let length = Int32(bytes.count - start).littleEndian
        withUnsafeBytes(of: length) { bytes.replaceSubrange(start..<start + 4, with: $0) }
    }
}

extension BSONValue {
    var type: BSONType {
        switch self {
        case .double: .double
        case .string: .string
        case .document: .document
        case .array: .array
        case .binary: .binary
        case .undefined: .undefined
        case .objectID: .objectID
        case .bool: .bool
        case .date: .date
        case .null: .null
        case .regularExpression: .regularExpression
        case .dbPointer: .dbPointer
        case .javaScript: .javaScript
        case .symbol: .symbol
        case .javaScriptWithScope: .javaScriptWithScope
        case .int32: .int32
        case .timestamp: .timestamp
        case .int64: .int64
        case .decimal128: .decimal128
        case .minKey: .minKey
        case .maxKey: .maxKey
        }
    }
}
