/// One value in a document, in any of BSON's types.
///
/// Source: https://bsonspec.org/spec.html, version 1.1, with the types it calls deprecated.
public indirect enum BSONValue: Sendable, Hashable {
    /// A 64-bit floating-point number.
    case double(Double)
    /// Text.
    case string(String)
    /// A document inside the document.
    case document(BSONDocument)
    /// Values in order.
    case array([BSONValue])
    /// Bytes; the subtype says what they mean: 0 nothing special, 4 a UUID.
    case binary([UInt8], subtype: UInt8)
    /// A value that JavaScript calls undefined; deprecated.
    case undefined
    /// An identifier.
    case objectID(BSONObjectID)
    /// True or false.
    case bool(Bool)
    /// A point in time, in milliseconds since 1970 in UTC.
    case date(milliseconds: Int64)
    /// The absence of a value.
    case null
    /// A regular expression; options in alphabetical order.
    case regularExpression(pattern: String, options: String)
    /// A reference to a document of another collection; deprecated.
    case dbPointer(collection: String, id: BSONObjectID)
    /// JavaScript.
    case javaScript(String)
    /// A symbol; deprecated.
    case symbol(String)
    /// JavaScript with its variables; deprecated.
    case javaScriptWithScope(String, scope: BSONDocument)
    /// A 32-bit integer.
    case int32(Int32)
    /// MongoDB's internal point in time.
    case timestamp(seconds: UInt32, increment: UInt32)
    /// A 64-bit integer.
    case int64(Int64)
    /// A decimal number with 34 digits.
    case decimal128(BSONDecimal128)
    /// The value below all others.
    case minKey
    /// The value above all others.
    case maxKey

    /// The text of a string, else `nil`.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The integer in an int32, an int64, or a double that is a whole number, else `nil`.
    public var int: Int? {
        switch self {
        case .int32(let integer): Int(integer)
        case .int64(let integer): Int(integer)
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }

    /// The number in a double or an integer, else `nil`.
    public var double: Double? {
        switch self {
        case .double(let number): number
        case .int32(let integer): Double(integer)
        case .int64(let integer): Double(integer)
        default: nil
        }
    }

    /// The Boolean, else `nil`.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The document, else `nil`.
    public var document: BSONDocument? {
        guard case .document(let document) = self else { return nil }
        return document
    }

    /// The values of an array, else `nil`.
    public var array: [BSONValue]? {
        guard case .array(let values) = self else { return nil }
        return values
    }
}

extension BSONValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Creates a string from a literal.
    public init(stringLiteral value: String) {
        self = .string(value)
    }

    /// Creates an integer from a literal: 32 bits where they suffice, else 64.
    public init(integerLiteral value: Int) {
        self = Int32(exactly: value).map(BSONValue.int32) ?? .int64(Int64(value))
    }

    /// Creates a number from a literal.
    public init(floatLiteral value: Double) {
        self = .double(value)
    }

    /// Creates a Boolean from a literal.
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    /// Creates null from `nil`.
    public init(nilLiteral: ()) {
        self = .null
    }

    /// Creates an array from a literal.
    public init(arrayLiteral elements: BSONValue...) {
        self = .array(elements)
    }

    /// Creates a document from a literal, in the order of the literal.
    public init(dictionaryLiteral elements: (String, BSONValue)...) {
        self = .document(BSONDocument(trusted: elements))
    }
}
