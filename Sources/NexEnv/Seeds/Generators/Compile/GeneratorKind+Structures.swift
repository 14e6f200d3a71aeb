extension GeneratorKind {
    static let structures = [
        GeneratorKind(
            "maybe",
            "The value of another generator with a probability, else nothing.",
            argument: "probability"
        ) {
            maybe($0)
        },
        GeneratorKind("array", "Several values of another generator: `count` (1..3) of them.") { array($0) },
        GeneratorKind(
            "document",
            "A document with generators and constants in it.",
            argument: "fields",
            takesMapping: true
        ) { options in
            guard let node = options.required("fields") else { return nil }
            guard let entries = node.entries else {
                options.context.wrongType(node, expected: "a mapping")
                return nil
            }
            return options.compiler.document(entries, options.path)
        },
        GeneratorKind(
            "template",
            "A text with other fields of the row in it: `${first_name} of ${city}`.",
            argument: "text"
        ) { options in
            options.required("text").flatMap { options.compiler.template($0) }
        },
    ]

    private static func maybe(_ options: GeneratorOptions) -> (any SeedGenerator)? {
        let probability = options.read("probability", .probability) ?? 0.5
        guard let of = options.required("of") else { return nil }
        return options.compiler.named(of, options.path.part("of")).map {
            SeedMaybeGenerator(chance: SeedChance(probability), key: options.key, base: $0)
        }
    }

    private static func array(_ options: GeneratorOptions) -> (any SeedGenerator)? {
        let count = options.read("count", .count(100_000)) ?? 1...3
        let isDistinct = options.read("unique", .boolean) == true
        guard let of = options.required("of") else { return nil }
        let path = options.path.elements(distinct: isDistinct ? count.upperBound : nil)
        return options.compiler.named(of, path).map { element in
            SeedArrayGenerator(
                count: count,
                key: options.key,
                element: element,
                isNested: element is SeedArrayGenerator
            )
        }
    }
}

extension SeedTemplateGenerator {
    /// A piece of a template's text.
    enum Piece: Hashable {
        case text(String)
        case field(String)
    }

    /// Returns the pieces of a text; nothing where a brace is never closed.
    static func pieces(of text: String) -> [Piece]? {
        var pieces: [Piece] = []
        var literal = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            let before = rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            if before.last == "$" {
                literal += before.dropLast() + "${"
                continue
            }
            guard let end = rest.firstIndex(of: "}") else { return nil }
            literal += before
            if !literal.isEmpty { pieces.append(.text(literal)) }
            literal = ""
            pieces.append(.field(String(rest[..<end])))
            rest = rest[rest.index(after: end)...]
        }
        literal += rest
        if !literal.isEmpty { pieces.append(.text(literal)) }
        return pieces
    }
}
