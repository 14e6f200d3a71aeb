import Encodings

/// Why an object that means to be Extended JSON isn't.
package struct SeedValueError: Error, Sendable, Hashable {
    /// One sentence without a full stop.
    package var message: String
}

extension SeedValue {
    /// Creates the value that an object stands for, such as `{ $oid: … }`; else the object itself, such as a query with `$gt`.
    ///
    /// What is inside was read already: the `{ $numberLong: "5" }` in a `$date` is a number here. A number that is no text, and
    /// a UUID as a UUID, are fine too, since YAML and references give them.
    ///
    /// - Throws: ``SeedValueError`` where the object means to be a wrapper and isn't a correct one.
    package init(extendedJSON fields: [Field]) throws(SeedValueError) {
        let object = SeedValue.document(fields)
        switch (fields.count, fields.first?.name) {
        case (1, .some(let name)) where name.utf8.first == UInt8(ascii: "$"):
            self = try Self.single(name, fields[0].value) ?? object
        case (2, "$code"), (2, "$scope"): self = try Self.code(object) ?? object
        case (2, "$binary"), (2, "$type"): self = try Self.oldBinary(object) ?? object
        default: self = object
        }
    }

    /// Returns the value of a wrapper with one key; nothing for a key that is none, such as an operator.
    private static func single(_ name: String, _ value: SeedValue) throws(SeedValueError) -> SeedValue? {
        let result: SeedValue?
        switch name {
        case "$oid": result = objectID(value)
        case "$numberInt": result = value.integer.flatMap { Int32(exactly: $0) }.map { .extended(.int32($0)) }
        case "$numberLong": result = value.integer.map { .extended(.int64($0)) }
        case "$numberDouble": result = double(value)
        case "$numberDecimal": result = decimal(value)
        case "$date": result = date(value)
        case "$binary": result = binary(value)
        case "$uuid": result = uuid(value)
        case "$timestamp": result = timestamp(value)
        case "$regularExpression": result = regularExpression(value)
        case "$dbPointer": result = pointer(value)
        case "$symbol": result = value.string.map { .extended(.symbol($0)) }
        case "$code": result = value.string.map { .extended(.javaScript($0, scope: nil)) }
        case "$minKey": result = value == .integer(1) ? .extended(.minKey) : nil
        case "$maxKey": result = value == .integer(1) ? .extended(.maxKey) : nil
        case "$undefined": result = value == .bool(true) ? .extended(.undefined) : nil
        default: return nil
        }
        guard let result else {
            throw SeedValueError(message: "the value of `\(name)` isn't of the form that Extended JSON asks for")
        }
        return result
    }

    // MARK: - What is inside

    private var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    private var integer: Int64? {
        switch self {
        case .integer(let number), .extended(.int64(let number)): number
        case .extended(.int32(let number)): Int64(number)
        case .text(let text): Int64(text)
        default: nil
        }
    }

    /// Returns the values of exactly these fields, in this order.
    private func values(_ names: String...) -> [SeedValue]? {
        guard case .document(let fields) = self, fields.count == names.count else { return nil }
        let values = names.compactMap { self[$0] }
        return values.count == names.count ? values : nil
    }

    // MARK: - Wrappers

    private static func objectID(_ value: SeedValue) -> SeedValue? {
        if case .objectID = value { return value }
        return value.string.flatMap { SeedObjectID(hex: $0) }.map { .objectID($0) }
    }

    private static func uuid(_ value: SeedValue) -> SeedValue? {
        if case .uuid = value { return value }
        return value.string.flatMap { SeedUUID($0) }.map { .uuid($0) }
    }

    private static func double(_ value: SeedValue) -> SeedValue? {
        switch value {
        case .double: return value
        case .integer(let number): return .double(Double(number))
        case .text("NaN"): return .double(.nan)
        case .text("Infinity"): return .double(.infinity)
        case .text("-Infinity"): return .double(-.infinity)
        case .text(let digits), .decimal(let digits):
            guard number(digits) != nil, let number = Double(digits), number.isFinite else { return nil }
            return .double(number)
        default: return nil
        }
    }

    private static func decimal(_ value: SeedValue) -> SeedValue? {
        switch value {
        case .integer, .decimal: return .extended(.decimal128(value.plainText))
        case .text(let text):
            switch text.lowercased() {
            case "nan": return .extended(.decimal128("NaN"))
            case "inf", "infinity", "+inf", "+infinity": return .extended(.decimal128("Infinity"))
            case "-inf", "-infinity": return .extended(.decimal128("-Infinity"))
            default: return number(text).map { .extended(.decimal128($0.plainText)) }
            }
        default: return nil
        }
    }

    private static func date(_ value: SeedValue) -> SeedValue? {
        switch value {
        case .time: return value
        case .date(let days): return milliseconds(days, each: 86_400_000)
        case .text(let text): return CivilDate.microseconds(text, fractionDigits: 3).map { .time($0) }
        default: return value.integer.flatMap { milliseconds($0, each: 1) }
        }
    }

    private static func milliseconds(_ count: Int64, each unit: Int64) -> SeedValue? {
        let (microseconds, overflow) = count.multipliedReportingOverflow(by: unit * 1000)
        return overflow ? nil : .time(microseconds)
    }

    private static func binary(_ value: SeedValue) -> SeedValue? {
        if case .bytes = value { return value }
        guard let values = value.values("base64", "subType") else { return nil }
        return binary(values[0], subtype: values[1])
    }

    private static func binary(_ data: SeedValue, subtype: SeedValue) -> SeedValue? {
        // YAML reads a subtype without quotes as a number, of which `00` and `80` are the same digits.
        let digits = subtype.string ?? subtype.integer.map { String($0) } ?? ""
        guard let bytes = data.string.flatMap(Base64.decode), let subtype = UInt8(digits, radix: 16) else { return nil }
        switch subtype {
        case 0: return .bytes(bytes)
        case 4: return SeedUUID(bytes: bytes).map { .uuid($0) } ?? .extended(.binary(bytes, subtype: subtype))
        default: return .extended(.binary(bytes, subtype: subtype))
        }
    }

    /// Reads the form of version 1, which old dumps have: `{"$binary": "…", "$type": "00"}`.
    private static func oldBinary(_ object: SeedValue) throws(SeedValueError) -> SeedValue? {
        guard let values = object.values("$binary", "$type") else { return nil }
        guard let result = binary(values[0], subtype: values[1]) else {
            throw SeedValueError(message: "`$binary` and `$type` aren't of the form that Extended JSON asks for")
        }
        return result
    }

    private static func timestamp(_ value: SeedValue) -> SeedValue? {
        guard let values = value.values("t", "i"),
            let seconds = values[0].integer.flatMap({ UInt32(exactly: $0) }),
            let increment = values[1].integer.flatMap({ UInt32(exactly: $0) })
        else { return nil }
        return .extended(.timestamp(seconds: seconds, increment: increment))
    }

    private static func regularExpression(_ value: SeedValue) -> SeedValue? {
        guard let values = value.values("pattern", "options"), let pattern = values[0].string,
            let options = values[1] == .null ? "" : values[1].string
        else { return nil }
        return .extended(.regularExpression(pattern: pattern, options: String(options.sorted())))
    }

    private static func pointer(_ value: SeedValue) -> SeedValue? {
        guard let values = value.values("$ref", "$id"), let collection = values[0].string,
            case .objectID(let id) = values[1]
        else { return nil }
        return .extended(.pointer(collection: collection, id: id))
    }

    private static func code(_ object: SeedValue) throws(SeedValueError) -> SeedValue? {
        guard let values = object.values("$code", "$scope") else { return nil }
        guard let code = values[0].string, case .document(let scope) = values[1] else {
            throw SeedValueError(message: "`$code` takes a text and `$scope` a mapping")
        }
        return .extended(.javaScript(code, scope: scope))
    }
}
