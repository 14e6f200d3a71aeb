extension GeneratorKind {
    /// How picks spread over the rows of a set.
    enum PickDistribution: String, Sendable, CaseIterable {
        case uniform
        case zipf
        case cycle
    }

    static let choices = [
        GeneratorKind(
            "choice",
            "One of several values: a list, or a mapping from values to their weights.",
            argument: "of",
            takesMapping: true
        ) { choice($0) },
        GeneratorKind("pick", "The identity of a row of another set; `set#field` gives a field of it.", argument: "set")
        {
            pick($0)
        },
        GeneratorKind("constant", "The same value in every row.", argument: "value", takesMapping: true) { options in
            options.required("value").flatMap { options.compiler.generator($0, options.path.field("value")) }
        },
    ]

    // MARK: - Choice

    private static func choice(_ options: GeneratorOptions) -> (any SeedGenerator)? {
        guard let of = options.required("of") else { return nil }
        if let entries = of.entries {
            guard let weights = options.weights(entries), let selection = options.selection(weights) else { return nil }
            // A key carries no quotes any more, so it means what it would mean without them.
            let values = entries.map { SeedValue(plainScalar: $0.key.name) }
            return SeedChoiceGenerator(constants: SeedConstants(values), selection: selection)
        }
        guard let elements = of.elements, !elements.isEmpty else {
            options.context.wrongType(of, expected: "a list of values, or a mapping from values to weights")
            return nil
        }
        var selection: SeedSelection?
        if let node = options.node("weights") {
            guard node.elements?.count == elements.count else {
                let message = "expected \(elements.count) weights, one for each value"
                options.context.report(.wrongType, message, at: node.position)
                return nil
            }
            let weights = node.elements?.compactMap { ValueShape.number(0...1e15).decode($0, options.context) } ?? []
            guard weights.count == elements.count else { return nil }
            selection = options.selection(weights)
        } else {
            selection = .draw(options.draw(UInt64(elements.count)))
        }
        guard let selection else { return nil }
        if elements.allSatisfy({ $0.tag == nil && $0.text != nil }) {
            let values = elements.compactMap { SeedValue(scalar: $0) }
            return SeedChoiceGenerator(constants: SeedConstants(values), selection: selection)
        }
        let generators = elements.enumerated().compactMap { index, element in
            options.compiler.generator(element, options.path.field(String(index)))
        }
        guard generators.count == elements.count else { return nil }
        return SeedAlternativeGenerator(generators: generators, selection: selection)
    }

    // MARK: - Pick

    private static func pick(_ options: GeneratorOptions) -> (any SeedGenerator)? {
        guard let node = options.required("set"), let text = node.text else {
            options.ignorePickOptions()
            return nil
        }
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let compiler = options.compiler
        guard !compiler.directory.isBroken(parts[0]) else {
            options.ignorePickOptions()
            return nil
        }
        guard let source = compiler.directory.source(named: parts[0]) else {
            options.ignorePickOptions()
            guard !compiler.directory.setNames.contains(parts[0]) else {
                let message = "nothing can be picked from `\(parts[0])`: its rows are known only once it is loaded"
                options.context.report(.invalidValue, message, at: node.position)
                return nil
            }
            let hint = Suggestion.hint(for: parts[0], among: compiler.directory.setNames, noun: "sets")
            options.context.report(.unknownReference, "there is no set `\(parts[0])`", at: node.position, hint: hint)
            return nil
        }
        guard source.count > 0 else {
            options.ignorePickOptions()
            options.context.report(.invalidValue, "the set `\(parts[0])` has no rows to pick", at: node.position)
            return nil
        }
        guard let selection = pickSelection(options, source, parts[0]) else { return nil }
        guard parts.count > 1 else { return pick(source.identity, source, selection) }
        if parts[0] == compiler.set, compiler.names.contains(parts[1]) {
            return compiler.field(parts[1], referredToAt: node.position).map {
                SeedOwnPickGenerator(selection: selection, field: $0)
            }
        }
        guard let column = source.column(named: parts[1]) else {
            let hint = Suggestion.hint(for: parts[1], among: source.fieldNames, noun: "fields")
            let message = "the set `\(parts[0])` has no field `\(parts[1])`"
            options.context.report(.unknownReference, message, at: node.position, hint: hint)
            return nil
        }
        return pick(column, source, selection)
    }

    /// Makes the generator; the values of a small set are made once.
    private static func pick(
        _ column: SeedColumn,
        _ source: any SeedSource,
        _ selection: SeedSelection
    ) -> any SeedGenerator {
        guard source.count <= 1024 else { return SeedPickGenerator(selection: selection, column: column) }
        return SeedChoiceGenerator(
            constants: SeedConstants((0..<source.count).map(column.value)),
            selection: selection
        )
    }

    private static func pickSelection(
        _ options: GeneratorOptions,
        _ source: any SeedSource,
        _ set: String
    ) -> SeedSelection? {
        let count = UInt64(source.count)
        let distribution = options.read("dist", .choice) ?? PickDistribution.uniform
        let exponent = options.read("exponent", .number(0.1...10)) ?? 1
        let rows = options.read("rows", .integer(1...1 << 40)) ?? 1
        // Picks of a group share a key, and so the row that they pick.
        let key = options.node("group") == nil ? options.key : options.groupKey("pick\0\(set)")
        if let node = options.node("weights") {
            return options.labelWeights(node, source, set).flatMap { options.selection($0, key: key) }
        }
        switch distribution {
        case .uniform: return .draw(options.draw(count, key: key, hint: "the set `\(set)` has \(count) rows"))
        case .zipf:
            let permutation = SeedPermutation(count: count, key: key.hash(.max))
            return .zipf(SeedZipf(count: count, exponent: exponent), permutation, key)
        case .cycle:
            if options.isUnique(count), rows > 1 {
                options.report(
                    .conflictingValues,
                    "`rows` gives several rows the same, so they aren't `unique`",
                    at: "rows"
                )
            }
            return .cycle(rows: rows, count: source.count)
        }
    }
}

extension GeneratorOptions {
    /// Marks the options of `pick` as known where they can't be looked at.
    fileprivate func ignorePickOptions() {
        for name in ["unique", "dist", "exponent", "rows", "weights", "group"] { _ = node(name) }
    }

    /// Makes a selection by weight.
    fileprivate func selection(_ weights: [Double], key: SeedKey? = nil) -> SeedSelection? {
        if read("unique", .boolean) == true || path.distinctElements != nil {
            report(.conflictingValues, "values can't have weights and never come twice", at: "unique")
            return nil
        }
        guard let draw = SeedWeights(weights) else {
            report(.invalidValue, "at least one weight must be above 0")
            return nil
        }
        return .weights(draw, key ?? self.key)
    }

    /// Reads the weights in a mapping; nothing after a problem was reported.
    fileprivate func weights(_ entries: [YAMLNode.Entry]) -> [Double]? {
        let weights = entries.compactMap { ValueShape.number(0...1e15).decode($0.value, context) }
        return weights.count == entries.count ? weights : nil
    }

    /// Reads the weights of rows by their labels; rows that aren't named have none.
    fileprivate func labelWeights(_ node: YAMLNode, _ source: any SeedSource, _ set: String) -> [Double]? {
        guard let entries = node.entries else {
            context.wrongType(node, expected: "a mapping from labels to weights")
            return nil
        }
        guard let weights = weights(entries) else { return nil }
        var all = [Double](repeating: 0, count: source.count)
        let rows = Dictionary(source.labels.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        for (entry, weight) in zip(entries, weights) {
            guard let row = rows[entry.key.name] else {
                let hint = Suggestion.hint(for: entry.key.name, among: source.labels, noun: "labels")
                let message = "the set `\(set)` has no row `\(entry.key.name)`"
                context.report(.unknownReference, message, at: entry.key.position, hint: hint)
                return nil
            }
            all[row] = weight
        }
        return all
    }
}
