/// Walks over the elements of a document that was checked.
struct BSONReader {
    /// One element: a key and, not decoded yet, its value.
    struct Element {
        let type: BSONType
        let keyBytes: ArraySlice<UInt8>
        let payload: ArraySlice<UInt8>

        var key: String {
            String(decoding: keyBytes, as: UTF8.self)
        }

        func hasKey(_ wanted: [UInt8]) -> Bool {
            keyBytes.elementsEqual(wanted)
        }

        var value: BSONValue {
            BSONValue(type, payload)
        }
    }

    private var cursor: BSONCursor

    init(_ bytes: [UInt8]) {
        cursor = BSONCursor(bytes[...])
        cursor.skip(4)
    }

    /// Returns the next element, or `nil` after the last.
    ///
    /// The document was checked when it was made, so that an error can only be its end; never is anything read out of bounds.
    mutating func nextElement() -> Element? {
        try? cursor.element()
    }

    /// Checks bytes of any origin from end to end.
    static func validate(_ bytes: [UInt8]) throws(BSONError) {
        var cursor = BSONCursor(bytes[...])
        try cursor.validateDocument(depth: 0)
        guard cursor.isAtEnd else { throw cursor.malformed("bytes follow the document") }
    }
}

extension BSONCursor {
    static let maxDepth = 200

    /// Reads the type, the key and the extent of the next element; `nil` at the end of the document.
    mutating func element() throws(BSONError) -> BSONReader.Element? {
        let code = try byte()
        guard code != 0 else { return nil }
        guard let type = BSONType(rawValue: code) else { throw malformed("there is no type \(code)") }
        let key = try cString()
        return BSONReader.Element(type: type, keyBytes: key, payload: try take(try payloadLength(type)))
    }

    /// Returns how many bytes the value that begins here takes.
    private func payloadLength(_ type: BSONType) throws(BSONError) -> Int {
        var ahead = self
        switch type {
        case .undefined, .null, .minKey, .maxKey: return 0
        case .bool: return 1
        case .int32: return 4
        case .double, .date, .timestamp, .int64: return 8
        case .objectID: return 12
        case .decimal128: return 16
        case .string, .javaScript, .symbol: return 4 + (try ahead.length(atLeast: 1))
        case .dbPointer: return 4 + (try ahead.length(atLeast: 1)) + 12
        case .binary: return 5 + (try ahead.length(atLeast: 0))
        case .document, .array: return try ahead.length(atLeast: 5)
        case .javaScriptWithScope: return try ahead.length(atLeast: 14)
        case .regularExpression: return try ahead.cString().count + ahead.cString().count + 2
        }
    }

    /// Checks a document with everything in it, and moves behind it.
    mutating func validateDocument(depth: Int) throws(BSONError) {
        guard depth < Self.maxDepth else { throw malformed("more than \(Self.maxDepth) levels of nesting") }
        var ahead = self
        var body = BSONCursor(try take(try ahead.length(atLeast: 5)))
        body.skip(4)
        while let element = try body.element() {
            guard element.keyBytes.isValidUTF8 else { throw body.malformed("a key isn't UTF-8") }
            try BSONCursor(element.payload).validateValue(element.type, depth: depth)
        }
        guard body.isAtEnd else { throw body.malformed("a document is longer than its content") }
    }

    /// Checks a value that takes all of the cursor's bytes.
    private consuming func validateValue(_ type: BSONType, depth: Int) throws(BSONError) {
        switch type {
        case .undefined, .null, .minKey, .maxKey, .int32, .double, .date, .timestamp, .int64, .objectID, .decimal128:
            return
        case .bool:
            guard try byte() <= 1 else { throw malformed("a Boolean is neither 0 nor 1") }
        case .string, .javaScript, .symbol:
            _ = try string()
        case .dbPointer:
            _ = try string()
            skip(12)
        case .binary:
            _ = try binary()
        case .document, .array:
            try validateDocument(depth: depth + 1)
        case .javaScriptWithScope:
            skip(4)
            _ = try string()
            try validateDocument(depth: depth + 1)
        case .regularExpression:
            guard try cString().isValidUTF8, try cString().isValidUTF8 else {
                throw malformed("a regular expression isn't UTF-8")
            }
        }
        guard isAtEnd else { throw malformed("a value is longer than its content") }
    }
}

extension BSONValue {
    /// Decodes a value that was checked.
    ///
    /// What can't be read becomes `undefined`; it doesn't occur in a checked document.
    init(_ type: BSONType, _ payload: ArraySlice<UInt8>) {
        var cursor = BSONCursor(payload)
        self = (try? cursor.value(type)) ?? .undefined
    }
}

extension BSONCursor {
    fileprivate mutating func value(_ type: BSONType) throws(BSONError) -> BSONValue {
        switch type {
        case .double: return .double(Double(bitPattern: try integer()))
        case .string: return .string(try string())
        case .document: return .document(BSONDocument(trusted: Array(remaining)))
        case .array: return .array(BSONDocument(trusted: Array(remaining)).map(\.value))
        case .binary:
            let (subtype, bytes) = try binary()
            return .binary(Array(bytes), subtype: subtype)
        case .undefined: return .undefined
        case .objectID: return BSONObjectID(bytes: remaining).map(BSONValue.objectID) ?? .undefined
        case .bool: return .bool(try byte() == 1)
        case .date: return .date(milliseconds: try integer())
        case .null: return .null
        case .regularExpression:
            let pattern = String(decoding: try cString(), as: UTF8.self)
            return .regularExpression(pattern: pattern, options: String(decoding: try cString(), as: UTF8.self))
        case .dbPointer:
            let collection = try string()
            return BSONObjectID(bytes: remaining).map { .dbPointer(collection: collection, id: $0) } ?? .undefined
        case .javaScript: return .javaScript(try string())
        case .symbol: return .symbol(try string())
        case .javaScriptWithScope:
            skip(4)
            let code = try string()
            return .javaScriptWithScope(code, scope: BSONDocument(trusted: Array(remaining)))
        case .int32: return .int32(try integer())
        case .timestamp:
            let increment: UInt32 = try integer()
            return .timestamp(seconds: try integer(), increment: increment)
        case .int64: return .int64(try integer())
        case .decimal128:
            let low: UInt64 = try integer()
            return .decimal128(BSONDecimal128(high: try integer(), low: low))
        case .minKey: return .minKey
        case .maxKey: return .maxKey
        }
    }
}
