import Encodings

extension SeedValue {
    /// The value as JSON without blanks, fields in their order; what JSON has no type for becomes its ``plainText``, and what
    /// only MongoDB has its Extended JSON.
    package var json: String {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the value as ``json`` in UTF-8.
    package func appendJSON(to out: inout [UInt8]) {
        switch self {
        case .null: out += "null".utf8
        case .bool, .integer: out += plainText.utf8
        case .double(let number):
            if number.isFinite { out += plainText.utf8 } else { Self.appendJSON(plainText, to: &out) }
        case .decimal(let digits): out += digits.utf8
        case .text, .bytes, .uuid, .time, .date, .objectID: Self.appendJSON(plainText, to: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                element.appendJSON(to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .document(let fields):
            out.append(UInt8(ascii: "{"))
            for (index, field) in fields.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                Self.appendJSON(field.name, to: &out)
                out.append(UInt8(ascii: ":"))
                field.value.appendJSON(to: &out)
            }
            out.append(UInt8(ascii: "}"))
        case .extended(let value): value.plainValue.appendJSON(to: &out)
        }
    }

    /// Appends a text in quotes.
    package static func appendJSON(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): out += "\\n".utf8
            case UInt8(ascii: "\r"): out += "\\r".utf8
            case UInt8(ascii: "\t"): out += "\\t".utf8
            case 0..<0x20: out += "\\u00\(Hexadecimal.encode([byte]))".utf8
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}

extension SeedExtendedValue {
    /// The value as one of the types that all engines have; its Extended JSON where there is none.
    var plainValue: SeedValue {
        switch self {
        case .int32(let number): .integer(Int64(number))
        case .int64(let number): .integer(number)
        // JSON knows neither NaN nor infinity.
        case .decimal128(let digits): SeedValue.number(digits) == nil ? .text(digits) : .decimal(digits)
        case .binary(let bytes, subtype: _): .bytes(bytes)
        case .javaScript(let code, scope: nil): .text(code)
        case .symbol(let text): .text(text)
        case .undefined: .null
        case .timestamp(let seconds, let increment):
            .wrapper("$timestamp", [("t", .integer(Int64(seconds))), ("i", .integer(Int64(increment)))])
        case .regularExpression(let pattern, let options):
            .wrapper("$regularExpression", [("pattern", .text(pattern)), ("options", .text(options))])
        case .javaScript(let code, .some(let scope)):
            .document([.init("$code", .text(code)), .init("$scope", .document(scope))])
        case .pointer(let collection, let id):
            .wrapper("$dbPointer", [("$ref", .text(collection)), ("$id", .wrapper("$oid", .objectID(id)))])
        case .minKey: .wrapper("$minKey", .integer(1))
        case .maxKey: .wrapper("$maxKey", .integer(1))
        }
    }
}

extension SeedValue {
    fileprivate static func wrapper(_ name: String, _ value: SeedValue) -> SeedValue {
        .document([Field(name, value)])
    }

    fileprivate static func wrapper(_ name: String, _ fields: [(String, SeedValue)]) -> SeedValue {
        wrapper(name, .document(fields.map { Field($0.0, $0.1) }))
    }
}
