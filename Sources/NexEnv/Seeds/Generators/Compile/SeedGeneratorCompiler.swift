/// Makes the generators of a set's fields, each once, those that others refer to first.
package final class SeedGeneratorCompiler {
    let count: Int
    let set: String
    let clock: Int64
    let dictionary: SeedDictionary
    let directory: any SeedDirectory
    let context: DecodingContext

    /// Makes the generator of a node with a tag other than `!gen`; returns nothing after it reported a problem.
    package typealias Tagged = (YAMLNode, SeedGeneratorCompiler) -> (any SeedGenerator)?

    private let seed: String
    private let fields: [YAMLNode.Entry]
    private let tagged: Tagged
    private var made: [String: (any SeedGenerator)?] = [:]
    private var underway: [String] = []

    init(
        _ fields: [YAMLNode.Entry],
        _ plan: SeedGenerationPlan,
        directory: any SeedDirectory,
        _ context: DecodingContext,
        tagged: @escaping Tagged
    ) {
        self.fields = fields
        self.directory = directory
        self.context = context
        self.tagged = tagged
        count = plan.count
        seed = plan.seed
        set = plan.set
        clock = plan.clock
        dictionary = plan.dictionary
    }

    /// The names of the fields.
    var names: [String] { fields.map(\.key.name) }

    /// Returns the key of a value.
    func key(_ path: String) -> SeedKey {
        SeedKey(seed: seed, set: set, path: path)
    }

    // MARK: - Fields

    /// Makes a field of the row; nothing after a problem was reported.
    func field(_ name: String) -> (any SeedGenerator)? {
        if let made = made[name] { return made }
        guard let entry = fields.first(where: { $0.key.name == name }) else { return nil }
        underway.append(name)
        let generator = generator(entry.value, SeedPath(name))
        underway.removeLast()
        made[name] = generator
        return generator
    }

    /// Makes a field that another one refers to; nothing after a problem was reported.
    package func field(_ name: String, referredToAt position: SourcePosition) -> (any SeedGenerator)? {
        guard names.contains(name) else {
            context.report(
                .unknownReference,
                "the row has no field `\(name)`",
                at: position,
                hint: Suggestion.hint(for: name, among: names, noun: "fields")
            )
            return nil
        }
        if let start = underway.firstIndex(of: name) {
            let cycle = (underway[start...] + [name]).joined(separator: " → ")
            context.report(.dependencyCycle, "fields are made of each other: \(cycle)", at: position)
            return nil
        }
        return field(name)
    }

    /// Makes the text of a node with `${field}` in it; nothing after a problem was reported.
    package func template(_ node: YAMLNode) -> (any SeedGenerator)? {
        guard let text = node.text else {
            context.wrongType(node, expected: "a text")
            return nil
        }
        guard let pieces = SeedTemplateGenerator.pieces(of: text) else {
            context.report(
                .invalidInterpolation,
                "`${` is never closed",
                at: node.position,
                hint: "write `$${` for a literal `${`"
            )
            return nil
        }
        let parts = pieces.compactMap { piece -> SeedTemplateGenerator.Part? in
            switch piece {
            case .text(let text): .text(SeedWordList([text]))
            case .field(let name): field(name, referredToAt: node.position).map { .field($0) }
            }
        }
        return parts.count == pieces.count ? SeedTemplateGenerator(parts: parts) : nil
    }

    // MARK: - Values

    /// Makes a generator of a value: what `!gen` names, a constant, or a document or list with either in it.
    func generator(_ node: YAMLNode, _ path: SeedPath) -> (any SeedGenerator)? {
        if node.tag == "gen" { return named(node, path) }
        if node.tag != nil { return tagged(node, self) }
        guard node.hasTags else {
            return SeedValue.read(node, context, tagged: { _ in nil }).map { SeedConstantGenerator($0) }
        }
        switch node.content {
        case .scalar: return nil
        case .mapping(let entries): return document(entries, path)
        case .sequence(let elements):
            let generators = elements.enumerated().compactMap { generator($1, path.field(String($0))) }
            return generators.count == elements.count ? SeedListGenerator(elements: generators) : nil
        }
    }

    /// Makes a document; nothing after a problem was reported.
    func document(_ entries: [YAMLNode.Entry], _ path: SeedPath) -> (any SeedGenerator)? {
        let fields = entries.compactMap { entry in
            generator(entry.value, path.field(entry.key.name)).map { (name: entry.key.name, generator: $0) }
        }
        guard fields.count == entries.count else { return nil }
        if let only = fields.first, fields.count == 1, only.name.hasPrefix("$") {
            return SeedWrapperGenerator(name: only.name, base: only.generator)
        }
        return SeedDocumentGenerator(fields)
    }

    /// Makes the generator that a node names, with the tag `!gen` or in a place where nothing else can stand.
    func named(_ node: YAMLNode, _ path: SeedPath) -> (any SeedGenerator)? {
        switch node.content {
        case .scalar(let name):
            guard let kind = GeneratorKind.named(name) else {
                reportUnknown(name, at: node.position)
                return nil
            }
            return build(kind, [], path, at: node.position)
        case .mapping(let entries): return named(entries, path, at: node.position)
        case .sequence:
            context.wrongType(node, expected: "a generator", hint: "its name, or `{ NAME: OPTIONS }`")
            return nil
        }
    }

    private func named(
        _ entries: [YAMLNode.Entry],
        _ path: SeedPath,
        at position: SourcePosition
    ) -> (any SeedGenerator)? {
        let found = entries.compactMap { entry in GeneratorKind.named(entry.key.name).map { (kind: $0, entry: entry) } }
        guard let (kind, own) = found.first else {
            if let first = entries.first {
                reportUnknown(first.key.name, at: first.key.position)
            } else {
                context.report(.invalidValue, "`!gen` needs the name of a generator", at: position)
            }
            return nil
        }
        if let second = found.dropFirst().first {
            context.report(
                .conflictingValues,
                "a value has one generator; `\(kind.name)` and `\(second.kind.name)` are two",
                at: second.entry.key.position
            )
            return nil
        }
        var options = entries.filter { $0.key.name != kind.name }
        if !own.value.isNull || own.value.tag != nil {
            if let inner = own.value.entries, own.value.tag == nil, !kind.takesMapping {
                options += inner
            } else if let argument = kind.argument {
                options.append(
                    YAMLNode.Entry(key: .init(name: argument, position: own.value.position), value: own.value)
                )
            } else {
                context.wrongType(own.value, expected: "the options of `\(kind.name)`", hint: "a mapping, or nothing")
                return nil
            }
        }
        return build(kind, options, path, at: own.key.position)
    }

    private func build(
        _ kind: GeneratorKind,
        _ entries: [YAMLNode.Entry],
        _ path: SeedPath,
        at position: SourcePosition
    ) -> (any SeedGenerator)? {
        let options = GeneratorOptions(kind, entries, path, self, at: position)
        let generator = kind.build(options)
        let missing = options.read("null", .probability)
        options.finish()
        guard let generator, let missing, missing > 0 else { return generator }
        return SeedMaybeGenerator(chance: SeedChance(1 - missing), key: key(path.part("null").text), base: generator)
    }

    private func reportUnknown(_ name: String, at position: SourcePosition) {
        let hint = GeneratorKind.hint(for: name)
        context.report(.invalidValue, "there is no generator `\(name)`", at: position, hint: hint)
    }
}

extension YAMLNode {
    /// Whether a tag stands on the node or anywhere in it.
    fileprivate var hasTags: Bool {
        if tag != nil { return true }
        switch content {
        case .scalar: return false
        case .sequence(let elements): return elements.contains(where: \.hasTags)
        case .mapping(let entries): return entries.contains { $0.value.hasTags }
        }
    }
}
