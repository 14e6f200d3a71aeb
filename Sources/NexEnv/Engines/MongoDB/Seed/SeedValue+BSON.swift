#if MongoDB
import MongoClient

extension SeedValue {
    /// The value as MongoDB stores it: numbers without a type of their own as mongoimport would, times to the millisecond.
    var bson: BSONValue {
        switch self {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let number): return Int32(exactly: number).map { .int32($0) } ?? .int64(number)
        case .double(let number): return .double(number)
        case .decimal(let digits): return Double(digits).map { .double($0) } ?? .string(digits)
        case .text(let text): return .string(text)
        case .uuid(let uuid): return .binary(uuid.bytes, subtype: 4)
        case .bytes(let bytes): return .binary(bytes, subtype: 0)
        case .time(let microseconds): return .date(milliseconds: Self.milliseconds(microseconds))
        case .date(let days): return .date(milliseconds: days * 86_400_000)
        case .objectID(let id): return BSONObjectID(bytes: id.bytes).map { .objectID($0) } ?? .null
        case .array(let values): return .array(values.map(\.bson))
        case .document(let fields): return .document(BSONDocument(fields))
        case .extended(let value): return value.bson
        }
    }

    private static func milliseconds(_ microseconds: Int64) -> Int64 {
        microseconds >= 0 ? microseconds / 1_000 : (microseconds - 999) / 1_000
    }
}

extension SeedExtendedValue {
    fileprivate var bson: BSONValue {
        switch self {
        case .int32(let number): .int32(number)
        case .int64(let number): .int64(number)
        case .decimal128(let digits): BSONDecimal128(digits).map { .decimal128($0) } ?? .string(digits)
        case .binary(let bytes, let subtype): .binary(bytes, subtype: subtype)
        case .timestamp(let seconds, let increment): .timestamp(seconds: seconds, increment: increment)
        case .regularExpression(let pattern, let options): .regularExpression(pattern: pattern, options: options)
        case .javaScript(let code, nil): .javaScript(code)
        case .javaScript(let code, let scope?): .javaScriptWithScope(code, scope: BSONDocument(scope))
        case .symbol(let text): .symbol(text)
        case .pointer(let collection, let id):
            BSONObjectID(bytes: id.bytes).map { .dbPointer(collection: collection, id: $0) } ?? .null
        case .undefined: .undefined
        case .minKey: .minKey
        case .maxKey: .maxKey
        }
    }
}

extension BSONDocument {
    /// Creates a document of fields in their order; a name with a NUL character, which BSON can't hold, is left out.
    init(_ fields: some Sequence<SeedValue.Field>) {
        var writer = BSONWriter(capacity: 256)
        writer.append(fields)
        self = writer.document()
    }
}

extension BSONWriter {
    /// Appends fields in their order; a name with a NUL character, which BSON can't hold, is left out.
    mutating func append(_ fields: some Sequence<SeedValue.Field>) {
        for field in fields { append(field.value, forKey: field.name) }
    }

    private mutating func append(_ value: SeedValue, forKey key: String) {
        switch value {
        case .document(let fields): try? append(.document, forKey: key) { $0.append(fields) }
        case .array(let values):
            try? append(.array, forKey: key) { writer in
                for (index, value) in values.enumerated() { writer.append(value, forKey: String(index)) }
            }
        default: try? append(value.bson, forKey: key)
        }
    }
}
#endif
