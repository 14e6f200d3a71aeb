/// What the rows of a generated set depend on, besides their fields.
package struct SeedGenerationPlan: Sendable {
    /// The name of the set.
    package var set: String
    /// How many rows there are.
    package var count: Int
    /// The seed: any text.
    package var seed: String
    /// What relative times count from, in microseconds since 1970.
    package var clock: Int64
    package var dictionary: SeedDictionary

    package init(set: String, count: Int, seed: String, clock: Int64, dictionary: SeedDictionary = .english1) {
        self.set = set
        self.count = count
        self.seed = seed
        self.clock = clock
        self.dictionary = dictionary
    }
}

/// Makes the rows of a set, in any order and on any thread.
///
/// A value depends on the seed, the set, the field and the row alone: a further field, another order of fields or another count
/// of rows changes none.
package struct SeedRowGenerator: Sendable {
    /// The names of the fields, in the order they stand in.
    package let names: [String]

    /// How many rows there are.
    package let count: Int

    private let generators: [any SeedGenerator]
    private let document: SeedDocumentGenerator

    /// Makes the generators of a set.
    ///
    /// - Parameters:
    ///   - fields: The names of the fields, and `!gen` nodes, constants, or documents and lists with either in them.
    ///   - plan: What else the rows depend on.
    ///   - directory: The sets that `pick` may name.
    ///   - context: Where problems go.
    ///   - tagged: Makes the generator of a node with another tag, such as `!id`.
    /// - Returns: Nothing after a problem was reported.
    package static func make(
        fields: [YAMLNode.Entry],
        _ plan: SeedGenerationPlan,
        directory: any SeedDirectory,
        _ context: DecodingContext,
        tagged: @escaping SeedGeneratorCompiler.Tagged
    ) -> SeedRowGenerator? {
        let compiler = SeedGeneratorCompiler(fields, plan, directory: directory, context, tagged: tagged)
        let before = context.problems.count
        let generators = compiler.names.compactMap { compiler.field($0) }
        guard context.problems.count == before, generators.count == fields.count else { return nil }
        return SeedRowGenerator(names: compiler.names, count: plan.count, generators: generators)
    }

    /// Returns the sets that generators pick from, with the places of their names, without making any of them.
    package static func pickedSets(in node: YAMLNode) -> [(name: String, position: SourcePosition)] {
        switch node.content {
        case .scalar: return []
        case .sequence(let elements): return elements.flatMap { pickedSets(in: $0) }
        case .mapping(let entries):
            return entries.flatMap { entry -> [(name: String, position: SourcePosition)] in
                guard entry.key.name == "pick",
                    let target = entry.value.text.map({ _ in entry.value }) ?? entry.value["set"],
                    let text = target.text
                else { return pickedSets(in: entry.value) }
                return [(name: String(text.prefix { $0 != "#" }), position: target.position)]
            }
        }
    }

    /// Returns the value of a field.
    ///
    /// - Parameters:
    ///   - field: The number of the field.
    ///   - row: The row, counted from 0.
    package func value(of field: Int, row: Int) -> SeedValue {
        var scratch = SeedBuffer(capacity: 256)
        return generators[field].value(at: SeedPlace(row: row), &scratch)
    }

    /// Returns a field of every row.
    package func column(named name: String) -> SeedColumn? {
        names.firstIndex(of: name).map { field in SeedColumn { value(of: field, row: $0) } }
    }

    /// Puts the values of a row into an array, which it empties first.
    package func row(_ row: Int, into values: inout [SeedValue]) {
        var scratch = SeedBuffer(capacity: 256)
        values.removeAll(keepingCapacity: true)
        let place = SeedPlace(row: row)
        for index in generators.indices { values.append(generators[index].value(at: place, &scratch)) }
    }

    /// Appends a row as a line of COPY's text format.
    ///
    /// - Parameters:
    ///   - row: The row, counted from 0.
    ///   - forms: What the table's columns take, one for each field.
    ///   - out: Where the line goes.
    package func appendCopy(row: Int, as forms: [SeedColumnForm], to out: inout SeedBuffer) {
        let place = SeedPlace(row: row)
        for index in generators.indices {
            if index > 0 { out.append(UInt8(ascii: "\t")) }
            let mark = out.count
            let form = forms[index]
            let appended =
                form == .array
                ? generators[index].appendArrayLiteral(at: place, to: &out)
                : generators[index].append(at: place, to: &out)
            out.finishCopy(appended, as: form, from: mark)
        }
        out.append(UInt8(ascii: "\n"))
    }

    /// Appends a row as a JSON object.
    package func appendJSON(row: Int, to out: inout SeedBuffer) {
        _ = document.append(at: SeedPlace(row: row), to: &out)
    }

    /// Returns a generator of rows without some fields, which others may be made of all the same.
    package func leavingOut(_ hidden: Set<String>) -> SeedRowGenerator {
        let shown = names.indices.filter { !hidden.contains(names[$0]) }
        return SeedRowGenerator(names: shown.map { names[$0] }, count: count, generators: shown.map { generators[$0] })
    }

    private init(names: [String], count: Int, generators: [any SeedGenerator]) {
        self.names = names
        self.count = count
        self.generators = generators
        document = SeedDocumentGenerator(zip(names, generators).map { (name: $0, generator: $1) })
    }
}
