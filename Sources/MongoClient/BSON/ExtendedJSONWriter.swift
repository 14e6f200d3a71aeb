import Encodings

extension BSONDocument {
    /// The two ways of writing Extended JSON.
    public enum ExtendedJSONFormat: Sendable {
        /// Every type survives: an integer is `{"$numberInt": "5"}`.
        case canonical
        /// Numbers and dates as people write them; their exact types may be lost.
        case relaxed
    }

    /// Returns the document as Extended JSON, version 2, on one line.
    ///
    /// Source: https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
    public func extendedJSON(_ format: ExtendedJSONFormat) -> String {
        var writer = ExtendedJSONWriter(format: format)
        writer.write(self)
        return writer.text
    }
}

/// Writes values as Extended JSON.
struct ExtendedJSONWriter {
    private(set) var text = ""
    private let isCanonical: Bool

    init(format: BSONDocument.ExtendedJSONFormat) {
        isCanonical = format == .canonical
    }

    mutating func write(_ document: BSONDocument) {
        text += "{"
        for (index, element) in document.enumerated() {
            if index > 0 { text += ", " }
            write(string: element.key)
            text += ": "
            write(element.value)
        }
        text += "}"
    }

    private mutating func write(_ value: BSONValue) {
        switch value {
        case .double(let number): write(number)
        case .string(let string): write(string: string)
        case .document(let document): write(document)
        case .array(let values): write(values)
        case .binary(let bytes, let subtype):
            let subtype = Hexadecimal.encode([subtype])
            wrap("$binary", #"{"base64": "\#(Base64.encode(bytes))", "subType": "\#(subtype)"}"#)
        case .undefined: wrap("$undefined", "true")
        case .objectID(let id): wrap("$oid", "\"\(id)\"")
        case .bool(let value): text += value ? "true" : "false"
        case .date(let milliseconds): write(milliseconds: milliseconds)
        case .null: text += "null"
        case .regularExpression(let pattern, let options): writeRegularExpression(pattern, options)
        case .dbPointer(let collection, let id):
            text += #"{"$dbPointer": {"$ref": "#
            write(string: collection)
            text += #", "$id": {"$oid": "\#(id)"}}}"#
        case .javaScript(let code):
            text += #"{"$code": "#
            write(string: code)
            text += "}"
        case .symbol(let symbol):
            text += #"{"$symbol": "#
            write(string: symbol)
            text += "}"
        case .javaScriptWithScope(let code, let scope):
            text += #"{"$code": "#
            write(string: code)
            text += #", "$scope": "#
            write(scope)
            text += "}"
        case .int32(let integer): write(integer, type: "$numberInt")
        case .timestamp(let seconds, let increment): wrap("$timestamp", #"{"t": \#(seconds), "i": \#(increment)}"#)
        case .int64(let integer): write(integer, type: "$numberLong")
        case .decimal128(let decimal): wrap("$numberDecimal", "\"\(decimal)\"")
        case .minKey: wrap("$minKey", "1")
        case .maxKey: wrap("$maxKey", "1")
        }
    }

    private mutating func wrap(_ key: String, _ json: String) {
        text += "{\"\(key)\": \(json)}"
    }

    private mutating func write(_ integer: some BinaryInteger, type: String) {
        guard isCanonical else {
            text += String(integer)
            return
        }
        wrap(type, "\"\(integer)\"")
    }

    private mutating func write(_ number: Double) {
        let digits = number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
        guard isCanonical || !number.isFinite else {
            text += digits
            return
        }
        wrap("$numberDouble", "\"\(digits)\"")
    }

    private mutating func write(milliseconds: Int64) {
        // Relaxed Extended JSON has text for the years 1970 to 9999 only.
        guard !isCanonical, 0..<253_402_300_800_000 ~= milliseconds else {
            wrap("$date", #"{"$numberLong": "\#(milliseconds)"}"#)
            return
        }
        wrap("$date", "\"\(CivilDate.text(microseconds: milliseconds * 1000))\"")
    }

    private mutating func write(_ values: [BSONValue]) {
        text += "["
        for (index, value) in values.enumerated() {
            if index > 0 { text += ", " }
            write(value)
        }
        text += "]"
    }

    private mutating func writeRegularExpression(_ pattern: String, _ options: String) {
        text += #"{"$regularExpression": {"pattern": "#
        write(string: pattern)
        text += #", "options": "#
        write(string: options)
        text += "}}"
    }

    private mutating func write(string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += #"\""#
            case "\\": text += #"\\"#
            case "\n": text += #"\n"#
            case "\r": text += #"\r"#
            case "\t": text += #"\t"#
            case _ where scalar.value < 0x20: text += #"\u00\#(Hexadecimal.encode([UInt8(scalar.value)]))"#
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
