import Yams

/// Reads YAML into nodes with places, and survives hostile input.
///
/// Yams (libyaml) does the parsing. What it leaves open is bounded here: its composer recurses up to libyaml's 1,000 levels,
/// so it runs on a thread with room for them; aliases are expanded, so the expanded tree may not grow past a limit; an alias
/// in a key would be hashed as a whole, so it is refused (``AliasKeyCheck``).
package struct YAMLReader {
    /// What a file may cost.
    package struct Limits: Sendable {
        /// The size of a file in bytes.
        package var bytes = 4 << 20
        /// How deep collections may nest.
        package var depth = 64
        /// How many nodes a file may have once its aliases are expanded.
        package var nodes = 200_000

        package init() {}
    }

    package let file: SourceFile
    package let limits: Limits

    private var nodesLeft: Int
    private var problems: [Diagnostic] = []

    private init(file: SourceFile, limits: Limits) {
        self.file = file
        self.limits = limits
        nodesLeft = limits.nodes
    }

    /// Reads a file that holds one document.
    ///
    /// - Returns: The root; a null scalar for an empty file.
    /// - Throws: ``Diagnostics`` with every problem that could be found.
    package static func read(_ file: SourceFile, limits: Limits = Limits()) throws(Diagnostics) -> YAMLNode {
        guard file.text.utf8.count <= limits.bytes else {
            throw Diagnostics([
                Diagnostic(
                    .tooLarge,
                    "the file has \(file.text.utf8.count) bytes; \(limits.bytes) is the limit for YAML",
                    at: SourcePosition(file: file, line: 1, column: 1)
                )
            ])
        }
        if let problem = AliasKeyCheck.problem(in: file) { throw Diagnostics([problem]) }
        return try DeepStack.run { () -> Result<YAMLNode, Diagnostics> in
            let root: Node?
            do {
                root = try Parser(yaml: file.text, resolver: .basic, encoding: .utf8).singleRoot()
            } catch {
                return .failure(Diagnostics([diagnostic(for: error, in: file)]))
            }
            guard let root else {
                return .success(YAMLNode(.scalar(""), at: SourcePosition(file: file, line: 1, column: 1)))
            }
            var reader = YAMLReader(file: file, limits: limits)
            let node = reader.convert(root, depth: 0)
            return reader.problems.isEmpty ? .success(node) : .failure(Diagnostics(reader.problems))
        }
        .get()
    }

    // MARK: - Conversion

    private mutating func convert(_ node: Node, depth: Int) -> YAMLNode {
        let position = position(of: node)
        nodesLeft -= 1
        guard nodesLeft > 0, depth <= limits.depth else {
            if nodesLeft == 0 || depth > limits.depth {
                let what = nodesLeft == 0 ? "more than \(limits.nodes) values once its aliases are expanded" : "nested too deep"
                report(Diagnostic(.tooLarge, "the file has \(what)", at: position))
                nodesLeft = min(nodesLeft, 0)
            }
            return YAMLNode(.scalar(""), at: position)
        }
        switch node {
        case .scalar(let scalar):
            let length = scalar.style == .plain ? scalar.string.unicodeScalars.count : 1
            var position = position
            position.length = max(1, min(length, 200))
            let isPlain = scalar.style == .plain || scalar.style == .any
            return YAMLNode(.scalar(scalar.string), at: position, tag: localTag(scalar.tag), isPlain: isPlain)
        case .sequence(let sequence):
            let elements = sequence.map { convert($0, depth: depth + 1) }
            return YAMLNode(.sequence(elements), at: position, tag: localTag(sequence.tag))
        case .mapping(let mapping):
            return YAMLNode(.mapping(entries(of: mapping, depth: depth)), at: position, tag: localTag(mapping.tag))
        case .alias:
            // The parser replaces aliases by what they stand for; this case serves other ways to make a node.
            return YAMLNode(.scalar(""), at: position)
        }
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) -> [YAMLNode.Entry] {
        var own: [YAMLNode.Entry] = []
        var merged: [YAMLNode.Entry] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                report(Diagnostic(.invalidYAML, "a key must be a plain text", at: position(of: key)))
                continue
            }
            if scalar.string == "<<", scalar.style == .plain {
                merged += mergedEntries(convert(value, depth: depth + 1))
                continue
            }
            var position = position(of: key)
            position.length = max(1, scalar.string.unicodeScalars.count)
            own.append(
                YAMLNode.Entry(
                    key: YAMLNode.Key(name: scalar.string, position: position),
                    value: convert(value, depth: depth + 1)
                )
            )
        }
        // What stands in the mapping itself wins over what `<<` brings, and an earlier merge over a later one (YAML merge key).
        for entry in merged where !own.contains(where: { $0.key.name == entry.key.name }) { own.append(entry) }
        return own
    }

    private mutating func mergedEntries(_ node: YAMLNode) -> [YAMLNode.Entry] {
        if let entries = node.entries { return entries }
        if let elements = node.elements, elements.allSatisfy({ $0.entries != nil }) {
            return elements.flatMap { $0.entries ?? [] }
        }
        report(Diagnostic(.invalidYAML, "`<<` takes a mapping or a list of mappings", at: node.position))
        return []
    }

    private func localTag(_ tag: Tag) -> String? {
        let raw = tag.rawValue
        return raw.hasPrefix("!") && raw.count > 1 ? String(raw.dropFirst()) : nil
    }

    private func position(of node: Node) -> SourcePosition {
        SourcePosition(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private mutating func report(_ diagnostic: Diagnostic) {
        if problems.count < 20 { problems.append(diagnostic) }
    }

    // MARK: - Errors of the parser

    private static func diagnostic(for error: any Error, in file: SourceFile) -> Diagnostic {
        func place(_ mark: Mark) -> SourcePosition {
            SourcePosition(file: file, line: max(1, mark.line), column: max(1, mark.column))
        }
        func sentence(_ context: YamlError.Context?, _ problem: String) -> String {
            context.map { "\(problem) \($0.text)" } ?? problem
        }
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let hint =
                problem.contains("tab") || problem.contains("cannot start any token")
                ? "indent with spaces; quote a text that starts with a special character" : nil
            return Diagnostic(.invalidYAML, sentence(context, problem), at: place(mark), hint: hint)
        case .reader(let problem, let offset, _, _):
            let scalars = offset.map { file.text.prefix($0).unicodeScalars.count } ?? 0
            return Diagnostic(.invalidYAML, problem, at: SourcePosition(file: file, scalarOffset: scalars))
        case .duplicatedKeysInMapping(let names, let context):
            let name = names.first ?? ""
            return Diagnostic(
                .duplicateKey,
                "`\(name)` stands here more than once",
                at: place(context.mark),
                hint: "keep one of them"
            )
        default:
            return Diagnostic(.invalidYAML, "\(error)", at: SourcePosition(file: file, line: 1, column: 1))
        }
    }
}
