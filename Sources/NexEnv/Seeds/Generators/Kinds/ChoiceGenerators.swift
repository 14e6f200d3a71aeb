/// Values that are known beforehand, with their texts.
final class SeedConstants: Sendable {
    let values: [SeedValue]
    private let texts: SeedWordList
    private let kinds: [SeedAppended]
    private let literals: SeedWordList
    private let literalKinds: [SeedAppended]

    init(_ values: [SeedValue]) {
        self.values = values
        var buffer = SeedBuffer()
        var kinds: [SeedAppended] = []
        texts = SeedWordList(
            values.map { value in
                buffer.removeAll()
                kinds.append(value.append(to: &buffer))
                return buffer.text()
            }
        )
        self.kinds = kinds
        var literalKinds: [SeedAppended] = []
        literals = SeedWordList(
            values.map { value in
                buffer.removeAll()
                literalKinds.append(value.appendArrayLiteral(to: &buffer))
                return buffer.text()
            }
        )
        self.literalKinds = literalKinds
    }

    func append(_ index: Int, to out: inout SeedBuffer) -> SeedAppended {
        texts.append(index, to: &out)
        return kinds[index]
    }

    func appendArrayLiteral(_ index: Int, to out: inout SeedBuffer) -> SeedAppended {
        literals.append(index, to: &out)
        return literalKinds[index]
    }
}

/// The same value in every row.
struct SeedConstantGenerator: SeedGenerator {
    private let constants: SeedConstants

    init(_ value: SeedValue) {
        constants = SeedConstants([value])
    }

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        constants.values[0]
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        constants.append(0, to: &out)
    }

    func appendArrayLiteral(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        constants.appendArrayLiteral(0, to: &out)
    }
}

/// Which of a number of things a row has.
enum SeedSelection: Sendable {
    case draw(SeedDraw)
    case weights(SeedWeights, SeedKey)
    /// The most frequent ones lie anywhere, as a permutation has it.
    case zipf(SeedZipf, SeedPermutation, SeedKey)
    /// One after the other, each for so many rows in a row.
    case cycle(rows: Int, count: Int)

    func index(at place: SeedPlace) -> Int {
        switch self {
        case .draw(let draw): return Int(draw.index(at: place))
        case .weights(let weights, let key):
            var random = key.random(at: place)
            return weights.choice(random.next())
        case .zipf(let zipf, let permutation, let key):
            var random = key.random(at: place)
            return Int(permutation(zipf.rank(&random) - 1))
        case .cycle(let rows, let count): return place.row / rows % count
        }
    }
}

/// One of several values that are known beforehand.
struct SeedChoiceGenerator: SeedGenerator {
    let constants: SeedConstants
    let selection: SeedSelection

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        constants.values[selection.index(at: place)]
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        constants.append(selection.index(at: place), to: &out)
    }

    func appendArrayLiteral(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        constants.appendArrayLiteral(selection.index(at: place), to: &out)
    }
}

/// What one of several generators makes.
struct SeedAlternativeGenerator: SeedGenerator {
    let generators: [any SeedGenerator]
    let selection: SeedSelection

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        generators[selection.index(at: place)].value(at: place, &scratch)
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        generators[selection.index(at: place)].append(at: place, to: &out)
    }

    func appendArrayLiteral(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        generators[selection.index(at: place)].appendArrayLiteral(at: place, to: &out)
    }
}

/// The identity, or a field, of a row of another set.
struct SeedPickGenerator: SeedGenerator {
    let selection: SeedSelection
    let column: SeedColumn

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        column.value(selection.index(at: place))
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        column.value(selection.index(at: place)).append(to: &out)
    }
}

/// A field of the same set, in another row.
struct SeedOwnPickGenerator: SeedGenerator {
    let selection: SeedSelection
    let field: any SeedGenerator

    func value(at place: SeedPlace, _ scratch: inout SeedBuffer) -> SeedValue {
        field.value(at: SeedPlace(row: selection.index(at: place)), &scratch)
    }

    func append(at place: SeedPlace, to out: inout SeedBuffer) -> SeedAppended {
        field.append(at: SeedPlace(row: selection.index(at: place)), to: &out)
    }
}
