import Encodings

/// The objects of Extended JSON that stand for a value, such as `{"$oid": "…"}`.
enum ExtendedJSONWrapper {
    /// Returns the value that an object stands for, or `nil` where it is just an object, such as a query with `$gt`.
    ///
    /// What is inside was read already: the `{"$numberLong": "5"}` in a `$date` is an integer here.
    ///
    /// - Throws: ``BSONError`` for an object that means to be a wrapper and isn't a correct one.
    static func value(_ members: [(key: String, value: BSONValue)]) throws(BSONError) -> BSONValue? {
        guard let first = members.first else { return nil }
        switch (members.count, first.key) {
        case (1, _): return try single(first.key, first.value)
        case (2, "$code"), (2, "$scope"): return try code(members)
        case (2, "$binary"), (2, "$type"): return try oldBinary(members)
        default: return nil
        }
    }

    private static func single(_ key: String, _ value: BSONValue) throws(BSONError) -> BSONValue? {
        let result: BSONValue?
        switch key {
        case "$oid": result = value.string.flatMap { BSONObjectID(hex: $0) }.map(BSONValue.objectID)
        case "$numberInt": result = value.string.flatMap { Int32($0) }.map(BSONValue.int32)
        case "$numberLong": result = value.string.flatMap { Int64($0) }.map(BSONValue.int64)
        case "$numberDouble": result = value.string.flatMap(double).map(BSONValue.double)
        case "$numberDecimal": result = value.string.flatMap { BSONDecimal128($0) }.map(BSONValue.decimal128)
        case "$date": result = date(value)
        case "$binary": result = binary(value)
        case "$uuid": result = value.string.flatMap(uuid)
        case "$timestamp": result = timestamp(value)
        case "$regularExpression": result = regularExpression(value)
        case "$dbPointer": result = dbPointer(value)
        case "$symbol": result = value.string.map(BSONValue.symbol)
        case "$code": result = value.string.map(BSONValue.javaScript)
        case "$minKey": result = value.int == 1 ? .minKey : nil
        case "$maxKey": result = value.int == 1 ? .maxKey : nil
        case "$undefined": result = value.bool == true ? .undefined : nil
        default: return nil
        }
        guard let result else { throw BSONError("the value of \(key) isn't of the form that Extended JSON asks for") }
        return result
    }

    private static func double(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: text.utf8.contains { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "n") } ? nil : Double(text)
        }
    }

    private static func date(_ value: BSONValue) -> BSONValue? {
        switch value {
        case .int64(let milliseconds): .date(milliseconds: milliseconds)
        case .int32(let milliseconds): .date(milliseconds: Int64(milliseconds))
        case .string(let text): CivilDate.microseconds(text, fractionDigits: 3).map { .date(milliseconds: $0 / 1000) }
        default: nil
        }
    }

    private static func binary(_ value: BSONValue) -> BSONValue? {
        guard let document = value.document, Set(document.keys) == ["base64", "subType"],
            let bytes = document["base64"]?.string.flatMap(Base64.decode),
            let subtype = document["subType"]?.string.flatMap({ UInt8($0, radix: 16) })
        else { return nil }
        return .binary(bytes, subtype: subtype)
    }

    /// Reads the form of version 1, which old dumps have: `{"$binary": "…", "$type": "00"}`.
    private static func oldBinary(_ members: [(key: String, value: BSONValue)]) throws(BSONError) -> BSONValue? {
        let values = Dictionary(members) { first, _ in first }
        guard let data = values["$binary"], let type = values["$type"] else { return nil }
        guard let bytes = data.string.flatMap(Base64.decode),
            let subtype = type.string.flatMap({ UInt8($0, radix: 16) })
        else { throw BSONError("$binary and $type aren't of the form that Extended JSON asks for") }
        return .binary(bytes, subtype: subtype)
    }

    private static func uuid(_ text: String) -> BSONValue? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
        return Hexadecimal.decode(parts.joined()).map { .binary($0, subtype: 4) }
    }

    private static func timestamp(_ value: BSONValue) -> BSONValue? {
        guard let document = value.document, Set(document.keys) == ["t", "i"],
            let seconds = document["t"]?.int.flatMap({ UInt32(exactly: $0) }),
            let increment = document["i"]?.int.flatMap({ UInt32(exactly: $0) })
        else { return nil }
        return .timestamp(seconds: seconds, increment: increment)
    }

    private static func regularExpression(_ value: BSONValue) -> BSONValue? {
        guard let document = value.document, Set(document.keys) == ["pattern", "options"],
            let pattern = document["pattern"]?.string, let options = document["options"]?.string
        else { return nil }
        return .regularExpression(pattern: pattern, options: String(options.sorted()))
    }

    private static func dbPointer(_ value: BSONValue) -> BSONValue? {
        guard let document = value.document, let collection = document["$ref"]?.string,
            case .objectID(let id) = document["$id"]
        else { return nil }
        return .dbPointer(collection: collection, id: id)
    }

    private static func code(_ members: [(key: String, value: BSONValue)]) throws(BSONError) -> BSONValue? {
        let values = Dictionary(members) { first, _ in first }
        guard let code = values["$code"], let scope = values["$scope"] else { return nil }
        guard let code = code.string, let scope = scope.document else {
            throw BSONError("$code takes text and $scope a document")
        }
        return .javaScriptWithScope(code, scope: scope)
    }
}
