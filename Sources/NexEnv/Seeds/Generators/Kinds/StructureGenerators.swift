/// A value with a probability, else nothing.
struct SeedMaybeGenerator: SeedGenerator {
    let chance: SeedChance
    let key: SeedKey
    let base: any SeedGenerator

    private func happens(at place: SeedPlace) -> Bool {
        var random = key.random(at: place)
        return chance.happens(random.next())
    }

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        happens(at: place) ? base.value(at: place, &scratch) : .null
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        happens(at: place) ? base.append(at: place, to: &out) : .null
    }

    func appendArrayLiteral(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        happens(at: place) ? base.appendArrayLiteral(at: place, to: &out) : .null
    }
}

/// Several values of one kind.
struct SeedArrayGenerator: SeedGenerator {
    let count: ClosedRange<Int>
    let key: SeedKey
    let element: any SeedGenerator
    /// Whether the elements are arrays, whose literals stand in braces and not in quotes.
    let isNested: Bool

    private func count(at place: SeedPlace) -> Int {
        var random = key.random(at: place)
        return random.within(count)
    }

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        var values: [SeedValue] = []
        for index in 0..<count(at: place) { values.append(element.value(at: place.element(index), &scratch)) }
        return .array(values)
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        out.append(UInt8(ascii: "["))
        for index in 0..<count(at: place) {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            let mark = out.count
            out.finishJSON(element.append(at: place.element(index), to: &out), from: mark)
        }
        out.append(UInt8(ascii: "]"))
        return .json
    }

    func appendArrayLiteral(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        out.append(UInt8(ascii: "{"))
        for index in 0..<count(at: place) {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            let mark = out.count
            let appended = element.appendArrayLiteral(at: place.element(index), to: &out)
            if !isNested || appended.isNull { out.finishArrayElement(appended, from: mark) }
        }
        out.append(UInt8(ascii: "}"))
        return .text
    }
}

extension SeedAppended {
    fileprivate var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

/// Values in order, each from its own generator.
struct SeedListGenerator: SeedGenerator {
    let elements: [any SeedGenerator]

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        var values: [SeedValue] = []
        for element in elements { values.append(element.value(at: place, &scratch)) }
        return .array(values)
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        out.append(UInt8(ascii: "["))
        for index in elements.indices {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            let mark = out.count
            out.finishJSON(elements[index].append(at: place, to: &out), from: mark)
        }
        out.append(UInt8(ascii: "]"))
        return .json
    }
}

/// Names and values in order.
struct SeedDocumentGenerator: SeedGenerator {
    private let names: [String]
    private let elements: [any SeedGenerator]
    /// What stands before each value: a brace or a comma, the name and a colon.
    private let openings: SeedWordList

    init(_ fields: [(name: String, generator: any SeedGenerator)]) {
        names = fields.map(\.name)
        elements = fields.map(\.generator)
        openings = SeedWordList(
            names.enumerated().map { index, name in
                (index == 0 ? "{" : ",") + SeedValue.text(name).json + ":"
            }
        )
    }

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        var fields: [SeedValue.Field] = []
        fields.reserveCapacity(elements.count)
        for index in elements.indices {
            fields.append(.init(names[index], elements[index].value(at: place, &scratch)))
        }
        return .document(fields)
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        if elements.isEmpty { out.append(UInt8(ascii: "{")) }
        for index in elements.indices {
            openings.append(index, to: &out)
            let mark = out.count
            out.finishJSON(elements[index].append(at: place, to: &out), from: mark)
        }
        out.append(UInt8(ascii: "}"))
        return .json
    }
}

/// The value that Extended JSON means, such as an object id of `{ $oid: !gen { hex: 24 } }`.
struct SeedWrapperGenerator: SeedGenerator {
    let name: String
    let base: any SeedGenerator

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        let fields = [SeedValue.Field(name, base.value(at: place, &scratch))]
        return (try? SeedValue(extendedJSON: fields)) ?? .document(fields)
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        value(at: place, &out).append(to: &out)
    }
}

/// A text with the values of other fields of the row in it.
struct SeedTemplateGenerator: SeedTextGenerator {
    enum Part: Sendable {
        case text(SeedWordList)
        case field(any SeedGenerator)
    }

    let parts: [Part]

    var mayNeedEscapes: Bool { true }

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        for part in parts {
            switch part {
            case .text(let text): text.append(0, to: &out)
            case .field(let generator): _ = generator.append(at: place, to: &out)
            }
        }
    }
}

/// What a function makes of the row's number, such as the identity that a row's label has.
package struct SeedComputedGenerator: SeedGenerator {
    private let column: SeedColumn

    package init(_ column: SeedColumn) {
        self.column = column
    }

    package func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        column.value(place.row)
    }

    package func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        column.value(place.row).append(to: &out)
    }
}
