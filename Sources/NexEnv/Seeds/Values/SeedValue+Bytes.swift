/// The form in which a column of a table takes a value in COPY's text format.
package enum SeedColumnForm: Sendable, Hashable {
    /// The value's text.
    case scalar
    /// JSON: a text is quoted.
    case json
    /// A PostgreSQL array literal.
    case array
}

extension SeedValue {
    /// Appends the value's ``plainText``.
    ///
    /// - Returns: What was appended.
    package func append(to out: inout SeedBuffer) -> SeedAppended {
        switch self {
        case .null: return .null
        case .bool(let value): return SeedScalar.bool(value).append(to: &out)
        case .integer(let number): return SeedScalar.integer(number).append(to: &out)
        case .uuid(let uuid): return SeedScalar.uuid(uuid).append(to: &out)
        case .time(let microseconds): return SeedScalar.time(microseconds).append(to: &out)
        case .date(let days): return SeedScalar.date(days).append(to: &out)
        case .double(let number):
            out.append(plainText)
            return number.isFinite ? .bare : .safeText
        case .decimal(let digits):
            out.append(digits)
            return .bare
        case .text(let text):
            out.append(text)
            return .text
        case .bytes, .objectID:
            out.append(plainText)
            return .text
        case .array, .document:
            out.append(jsonBytes)
            return .json
        case .extended(let value): return value.plainValue.append(to: &out)
        }
    }

    /// Appends the value as a column of COPY's text format takes it, with its escapes.
    package func appendCopy(as form: SeedColumnForm, to out: inout SeedBuffer) {
        let mark = out.count
        let appended = form == .array ? appendArrayLiteral(to: &out) : append(to: &out)
        out.finishCopy(appended, as: form, from: mark)
    }

    /// Appends the value as an array literal, if it is an array.
    func appendArrayLiteral(to out: inout SeedBuffer) -> SeedAppended {
        guard case .array(let elements) = self else { return append(to: &out) }
        out.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            let mark = out.count
            let isArray = if case .array = element { true } else { false }
            let appended = element.appendArrayLiteral(to: &out)
            if !isArray { out.finishArrayElement(appended, from: mark) }
        }
        out.append(UInt8(ascii: "}"))
        return .text
    }

    private var jsonBytes: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return bytes
    }
}

extension SeedBuffer {
    /// Makes a column of COPY's text format of what was appended from a place on.
    mutating func finishCopy(_ appended: SeedAppended, as form: SeedColumnForm, from mark: Int) {
        switch appended {
        case .null: append(literal: "\\N")
        case .bare: break
        case .safeText: if form == .json { quoteJSON(from: mark) }
        case .text:
            if form == .json { quoteJSON(from: mark) }
            escapeCopy(from: mark)
        case .json: escapeCopy(from: mark)
        }
    }

    /// Makes an element of an array literal of what was appended from a place on.
    mutating func finishArrayElement(_ appended: SeedAppended, from mark: Int) {
        switch appended {
        case .null: append(literal: "NULL")
        case .bare: break
        case .safeText, .text, .json: quoteArrayElement(from: mark)
        }
    }

    /// Makes a value within JSON of what was appended from a place on.
    mutating func finishJSON(_ appended: SeedAppended, from mark: Int) {
        switch appended {
        case .null: append(literal: "null")
        case .bare, .json: break
        case .safeText, .text: quoteJSON(from: mark)
        }
    }
}
