import Encodings

extension SeedValue {
    /// The value as people and databases write it, without quotes: what a template shows and what COPY is given.
    ///
    /// Nothing gives an empty text, bytes PostgreSQL's `\x…`, arrays and documents their JSON.
    package var plainText: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .integer(let number): String(number)
        case .double(let number): Self.text(of: number)
        case .decimal(let digits): digits
        case .text(let text): text
        case .uuid(let uuid): uuid.description
        case .bytes(let bytes): "\\x" + Hexadecimal.encode(bytes)
        case .time(let microseconds): CivilDate.text(microseconds: microseconds)
        case .date(let days): CivilDate.text(days: days)
        case .objectID(let id): id.description
        case .array, .document: json
        case .extended(let value): value.plainValue.plainText
        }
    }

    /// Returns the shortest text that gives the same number again.
    static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return "\(number)"
    }
}
