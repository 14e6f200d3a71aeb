/// The options of one generator while it is made; asking for an option makes it a known one.
final class GeneratorOptions {
    let kind: GeneratorKind
    let compiler: SeedGeneratorCompiler
    /// Where the value lies in the row, which its key is made of.
    let path: SeedPath
    /// Where the generator stands in the file.
    let position: SourcePosition

    private let entries: [YAMLNode.Entry]
    private var known: [String] = []

    init(
        _ kind: GeneratorKind,
        _ entries: [YAMLNode.Entry],
        _ path: SeedPath,
        _ compiler: SeedGeneratorCompiler,
        at position: SourcePosition
    ) {
        self.kind = kind
        self.entries = entries
        self.path = path
        self.compiler = compiler
        self.position = position
    }

    var context: DecodingContext { compiler.context }
    var dictionary: SeedDictionary { compiler.dictionary }

    /// The key of the value.
    var key: SeedKey { compiler.key(path.text) }

    /// Returns what stands behind an option; nothing where it is left out.
    func node(_ name: String) -> YAMLNode? {
        known.append(name)
        return entries.first { $0.key.name == name }.flatMap { $0.value.isNull ? nil : $0.value }
    }

    /// Reads an option; nothing where it is left out, or after a problem was reported.
    func read<Value>(_ name: String, _ shape: ValueShape<Value>) -> Value? {
        node(name).flatMap { shape.decode($0, context) }
    }

    /// Returns what stands behind an option that can't be left out.
    func required(_ name: String) -> YAMLNode? {
        if let node = node(name) { return node }
        report(.missingKey, "`\(kind.name)` needs `\(name)`")
        return nil
    }

    /// Reports a problem with the generator as a whole, or with an option.
    func report(_ code: Diagnostic.Code, _ message: String, at option: String? = nil, hint: String? = nil) {
        let place = option.flatMap { name in entries.first { $0.key.name == name }?.value.position }
        context.report(code, message, at: place ?? position, hint: hint)
    }

    /// Reports the options that nobody asked for, and those that stand beside the generator as well as behind it.
    func finish() {
        var seen: Set<String> = []
        for entry in entries {
            let name = entry.key.name
            if !known.contains(name) {
                let hint = Suggestion.hint(for: name, among: known, noun: "options")
                context.report(
                    .unknownKey,
                    "`\(kind.name)` has no option `\(name)`",
                    at: entry.key.position,
                    hint: hint
                )
            } else if !seen.insert(name).inserted {
                context.report(.duplicateKey, "`\(name)` stands here more than once", at: entry.key.position)
            }
        }
    }

    // MARK: - Values that don't come twice

    /// Makes the draw of one of so many values, different ones where `unique` or the array around asks for it.
    ///
    /// - Parameters:
    ///   - space: How many values there are; 0 stands for 2⁶⁴.
    ///   - key: The key of the draw, where it isn't that of the value.
    ///   - hint: What to do when that's too few.
    func draw(_ space: UInt64, key: SeedKey? = nil, hint: String? = nil) -> SeedDraw {
        let key = key ?? self.key
        if isUnique(space, hint: hint) { return .uniqueRows(space, key) }
        return path.distinctElements.map { isEnough(space, for: $0, "elements of a list", hint) } == true
            ? .uniqueElements(space, key) : .independent(space, key)
    }

    /// Returns whether `unique` is asked for and possible.
    func isUnique(_ space: UInt64, hint: String? = nil) -> Bool {
        guard read("unique", .boolean) == true else { return false }
        guard !path.isInArray else {
            report(
                .conflictingValues,
                "`unique` means that no two rows have the same, and a row has more than one of these",
                at: "unique",
                hint: "`unique: true` of the array itself makes its elements different"
            )
            return false
        }
        return isEnough(space, for: compiler.count, "rows", hint)
    }

    private func isEnough(_ space: UInt64, for count: Int, _ noun: String, _ hint: String?) -> Bool {
        if space == 0 || UInt64(count) <= space { return true }
        report(
            .invalidValue,
            "`\(kind.name)` has \(space) different values here, too few for \(count) \(noun)",
            at: "unique",
            hint: hint
        )
        return false
    }

    /// Reads `unique` for a generator that never makes a value twice, so that it may be said.
    func allowUnique() {
        _ = read("unique", .boolean)
    }
}

/// Where a value lies in a row.
struct SeedPath: Sendable {
    /// The field and what lies in it: `tags[]`, `profile.city`.
    var text: String
    /// Whether a row has more than one of these.
    var isInArray = false
    /// How many different elements the array around may ask for.
    var distinctElements: Int?

    init(_ field: String) {
        text = field
    }

    /// Returns the path of a field of the document that lies here.
    func field(_ name: String) -> SeedPath {
        var path = self
        path.text += ".\(name)"
        path.distinctElements = nil
        return path
    }

    /// Returns the path of the elements of the array that lies here.
    func elements(distinct: Int?) -> SeedPath {
        var path = self
        path.text += "[]"
        path.isInArray = true
        path.distinctElements = distinct
        return path
    }

    /// Returns the path of something that belongs to the value here, under a name that no field can have.
    func part(_ name: String) -> SeedPath {
        var path = self
        path.text += "\0\(name)"
        return path
    }
}
