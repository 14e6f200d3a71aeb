/// One kind of generator as a seed file names it: `!gen email`, or `!gen { email: { domain: example.test } }`.
package struct GeneratorKind: Sendable {
    /// The name in a file.
    package let name: String

    /// One sentence for documentation.
    package let summary: String

    /// The option that a value right behind the name stands for: `{ hex: 32 }` is `{ hex: { length: 32 } }`.
    let argument: String?

    /// Whether that option is a mapping itself, so that a mapping behind the name isn't one of options.
    let takesMapping: Bool

    /// Makes the generator; returns nothing after it reported a problem.
    let build: @Sendable (GeneratorOptions) -> (any SeedGenerator)?

    init(
        _ name: String,
        _ summary: String,
        argument: String? = nil,
        takesMapping: Bool = false,
        build: @escaping @Sendable (GeneratorOptions) -> (any SeedGenerator)?
    ) {
        self.name = name
        self.summary = summary
        self.argument = argument
        self.takesMapping = takesMapping
        self.build = build
    }
}

extension GeneratorKind {
    /// Every kind.
    package static let all = people + places + texts + network + numbers + times + choices + structures

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Returns the kind of a name.
    static func named(_ name: String) -> GeneratorKind? {
        byName[name]
    }

    /// Returns what to say about a name that no kind has.
    static func hint(for name: String) -> String? {
        // Other tools group their names: `person.name`, `lorem.sentence`.
        if let last = name.split(separator: ".").last.map(String.init), last != name, named(last) != nil {
            return "did you mean `\(last)`?"
        }
        return Suggestion.hint(for: name, among: all.map(\.name), noun: "generators")
    }
}
