/// One value of a seed, in any type that one of the engines has.
///
/// An engine takes what it has a type for and the text or JSON of the rest.
package enum SeedValue: Sendable, Hashable {
    /// The absence of a value.
    case null
    /// True or false.
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// A floating-point number.
    case double(Double)
    /// A number with the digits it was given, in JSON's spelling: `19.00` stays `19.00`. It may be larger than any machine type.
    case decimal(String)
    /// Text.
    case text(String)
    /// A UUID.
    case uuid(SeedUUID)
    /// Bytes.
    case bytes([UInt8])
    /// A point in time, in microseconds since 1970 in UTC.
    case time(Int64)
    /// A day, in days since 1970.
    case date(Int64)
    /// MongoDB's usual kind of identifier.
    case objectID(SeedObjectID)
    /// Values in order.
    case array([SeedValue])
    /// Names and values in order.
    case document([Field])
    /// A value of a type that only MongoDB has.
    indirect case extended(SeedExtendedValue)

    /// A name and its value.
    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: SeedValue

        package init(_ name: String, _ value: SeedValue) {
            self.name = name
            self.value = value
        }
    }
}

/// A value of a type that only MongoDB has, or of a number type that was asked for by name.
///
/// Source: https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
package enum SeedExtendedValue: Sendable, Hashable {
    /// `$numberInt`.
    case int32(Int32)
    /// `$numberLong`.
    case int64(Int64)
    /// `$numberDecimal`, with the digits it was given; also `NaN` and `Infinity`.
    case decimal128(String)
    /// `$binary` of a subtype other than 0 (plain bytes) and 4 (a UUID).
    case binary([UInt8], subtype: UInt8)
    /// `$timestamp`.
    case timestamp(seconds: UInt32, increment: UInt32)
    /// `$regularExpression`; options in alphabetical order.
    case regularExpression(pattern: String, options: String)
    /// `$code`, and its `$scope` where it has one.
    case javaScript(String, scope: [SeedValue.Field]?)
    /// `$symbol`.
    case symbol(String)
    /// `$dbPointer`.
    case pointer(collection: String, id: SeedObjectID)
    /// `$undefined`.
    case undefined
    /// `$minKey`.
    case minKey
    /// `$maxKey`.
    case maxKey
}

extension SeedValue {
    /// Returns the value of a document's field, or nothing where this isn't a document that has it.
    package subscript(_ name: String) -> SeedValue? {
        guard case .document(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }
}
