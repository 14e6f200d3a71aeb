/// Makes one field's value for any row, always the same one.
///
/// A value is appended as bytes where speed counts, or returned; both ways give the same. What was appended is the text that
/// ``SeedValue/plainText`` would have, and the caller adds the quotes and escapes that its place needs.
package protocol SeedGenerator: Sendable {
    /// Returns the value at a place.
    ///
    /// - Parameters:
    ///   - place: The row, and the element of an array within it.
    ///   - scratch: Room for text in the making; empty before and after.
    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue

    /// Appends the value at a place.
    ///
    /// - Returns: What was appended.
    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended

    /// Appends the value at a place as a PostgreSQL array literal, if it is an array.
    func appendArrayLiteral(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended
}

/// What kind of text was appended for a value.
package enum SeedAppended: Sendable {
    /// Nothing: there is no value.
    case null
    /// A number or a truth value, which JSON and arrays take without quotes.
    case bare
    /// A text without anything that COPY, JSON or an array literal escapes.
    case safeText
    /// A text.
    case text
    /// JSON.
    case json
}

/// Where a value stands.
package struct SeedPlace: Sendable, Hashable {
    /// The row, counted from 0.
    package var row: Int
    /// What random words are made of: the row, or a hash of the row and the element.
    package var word: UInt64
    /// The number of the element, for what is in an array.
    package var element: Int?
    /// The word of the place where the array itself stands.
    package private(set) var arrayWord: UInt64 = 0

    /// Creates the place of a field in a row.
    package init(row: Int) {
        self.row = row
        word = UInt64(truncatingIfNeeded: row)
    }

    /// Returns the place of an element of the array that stands here.
    package func element(_ index: Int) -> SeedPlace {
        var place = self
        place.word = SeedRandom.mix(word &+ 0x9e37_79b9_7f4a_7c15 &* (UInt64(index) &+ 1))
        place.element = index
        place.arrayWord = word
        return place
    }
}

extension SeedKey {
    /// Returns the random words of a place.
    package func random(at place: SeedPlace) -> SeedRandom {
        SeedRandom(hash(place.word))
    }
}

extension SeedGenerator {
    package func appendArrayLiteral(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        var scratch = SeedBuffer(capacity: 64)
        return value(at: place, &scratch).appendArrayLiteral(to: &out)
    }
}

// MARK: - Texts

/// A generator of texts, which are made as bytes.
protocol SeedTextGenerator: SeedGenerator {
    /// Whether a text may need escapes.
    var mayNeedEscapes: Bool { get }

    /// Appends the text at a place.
    func appendText(at place: SeedPlace, to out: inout SeedBuffer)
}

extension SeedTextGenerator {
    var mayNeedEscapes: Bool { false }

    package func appendArrayLiteral(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        append(at: place, to: &out)
    }

    package func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        appendText(at: place, to: &out)
        return mayNeedEscapes ? .text : .safeText
    }

    package func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        let mark = scratch.count
        appendText(at: place, to: &scratch)
        defer { scratch.remove(from: mark) }
        return .text(scratch.text(from: mark))
    }
}

// MARK: - Other scalars

/// A generator of values that fit into registers.
protocol SeedScalarGenerator: SeedGenerator {
    /// Returns the value at a place.
    func scalar(at place: SeedPlace) -> SeedScalar
}

/// A value that fits into registers.
enum SeedScalar {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number in units of its last digit.
    case decimal(Int64, digits: Int)
    case uuid(SeedUUID)
    case time(Int64)
    case date(Int64)
}

extension SeedScalarGenerator {
    package func appendArrayLiteral(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        append(at: place, to: &out)
    }

    package func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        scalar(at: place).append(to: &out)
    }

    package func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        scalar(at: place).value(&scratch)
    }
}

extension SeedScalar {
    /// Appends the value's text.
    func append(to out: inout SeedBuffer) -> SeedAppended {
        switch self {
        case .null: return .null
        case .bool(true): out.append(literal: "true")
        case .bool(false): out.append(literal: "false")
        case .integer(let number): out.append(integer: number)
        case .decimal(let number, let digits): out.append(decimal: number, digits: digits)
        case .uuid(let uuid):
            out.append(uuid)
            return .safeText
        case .time(let microseconds):
            out.append(microseconds: microseconds)
            return .safeText
        case .date(let days):
            out.append(days: days)
            return .safeText
        }
        return .bare
    }

    /// Returns the value, with room for text in the making.
    func value(_ scratch: inout SeedBuffer) -> SeedValue {
        switch self {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let number): return .integer(number)
        case .decimal(let number, let digits):
            let mark = scratch.count
            defer { scratch.remove(from: mark) }
            scratch.append(decimal: number, digits: digits)
            return .decimal(scratch.text(from: mark))
        case .uuid(let uuid): return .uuid(uuid)
        case .time(let microseconds): return .time(microseconds)
        case .date(let days): return .date(days)
        }
    }
}
