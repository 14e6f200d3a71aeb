/// Reads YAML into nodes with places, and survives hostile input.
///
/// libyaml does the parsing, event by event, so that every limit holds before memory is spent on what breaks it: how deep
/// collections nest, and how many values and how much text a file has once its aliases are expanded. A key is a plain text,
/// so no alias or collection is ever compared with another.
package struct YAMLReader {
    /// What a file may cost.
    package struct Limits: Sendable {
        /// The size of a file in bytes, and of all its texts once its aliases are expanded.
        package var bytes = 4 << 20
        /// How deep collections may nest.
        package var depth = 64
        /// How many nodes a file may have once its aliases are expanded.
        package var nodes = 200_000

        package init() {}
    }

    private let file: SourceFile
    private let limits: Limits
    private let events: YAMLEvents

    private var cost = Cost()
    private var anchors: [String: (node: YAMLNode, cost: Cost)] = [:]
    private var problems: [Diagnostic] = []

    /// What nodes count against the limits.
    private struct Cost {
        var nodes = 0
        var bytes = 0
    }

    private init(file: SourceFile, limits: Limits, events: YAMLEvents) {
        self.file = file
        self.limits = limits
        self.events = events
    }

    /// Reads a file that holds one document.
    ///
    /// - Returns: The root; a null scalar for an empty file.
    /// - Throws: ``Diagnostics`` with every problem that could be found.
    package static func read(_ file: SourceFile, limits: Limits = Limits()) throws(Diagnostics) -> YAMLNode {
        let start = SourcePosition(file: file, line: 1, column: 1)
        guard file.text.utf8.count <= limits.bytes else {
            let message = "the file has \(file.text.utf8.count) bytes; \(limits.bytes) is the limit for YAML"
            throw Diagnostics([Diagnostic(.tooLarge, message, at: start)])
        }
        var reader = YAMLReader(file: file, limits: limits, events: YAMLEvents(file))
        let root: YAMLNode
        do {
            root = try reader.document() ?? YAMLNode(.scalar(""), at: start)
        } catch {
            throw Diagnostics(reader.problems + error.all)
        }
        guard reader.problems.isEmpty else { throw Diagnostics(reader.problems) }
        return root
    }

    // MARK: - Nodes

    /// Reads the only document; nothing for an empty file.
    private mutating func document() throws(Diagnostics) -> YAMLNode? {
        guard try events.next().kind != .streamEnd else { return nil }
        let root = try node(try events.next(), depth: 0)
        _ = try events.next()
        let end = try events.next()
        guard end.kind == .streamEnd else {
            throw failure(
                .invalidYAML,
                "a second document starts here",
                at: end.position,
                hint: "a file holds one document: take out what follows `---`"
            )
        }
        return root
    }

    private mutating func node(_ event: YAMLEvents.Event, depth: Int) throws(Diagnostics) -> YAMLNode {
        if event.kind == .alias { return try expansion(of: event) }
        let before = cost
        try spend(Cost(nodes: 1, bytes: event.text.utf8.count), at: event.position)
        guard depth <= limits.depth else {
            throw failure(
                .tooLarge,
                "the file is nested too deep: \(limits.depth) levels are the most",
                at: event.position
            )
        }
        var node = YAMLNode(.scalar(event.text), at: event.position, tag: localTag(event.tag), isPlain: event.isPlain)
        switch event.kind {
        case .sequenceStart: node.content = .sequence(try elements(depth: depth + 1))
        case .mappingStart: node.content = .mapping(try entries(depth: depth + 1))
        default: break
        }
        if let anchor = event.anchor {
            anchors[anchor] = (node, Cost(nodes: cost.nodes - before.nodes, bytes: cost.bytes - before.bytes))
        }
        return node
    }

    private mutating func expansion(of alias: YAMLEvents.Event) throws(Diagnostics) -> YAMLNode {
        // An anchor is known once its node is complete, so an alias inside the node itself is unknown too.
        guard let anchor = anchors[alias.anchor ?? ""] else {
            throw failure(.invalidYAML, "there is no anchor `&\(alias.anchor ?? "")` above", at: alias.position)
        }
        try spend(anchor.cost, at: alias.position)
        return anchor.node
    }

    private mutating func spend(_ more: Cost, at position: SourcePosition) throws(Diagnostics) {
        cost.nodes += more.nodes
        cost.bytes += more.bytes
        if cost.nodes > limits.nodes {
            let message = "the file has more than \(limits.nodes) values once its aliases are expanded"
            throw failure(.tooLarge, message, at: position)
        }
        if cost.bytes > limits.bytes {
            let message = "the file has more than \(limits.bytes) bytes of text once its aliases are expanded"
            throw failure(.tooLarge, message, at: position)
        }
    }

    private mutating func elements(depth: Int) throws(Diagnostics) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let event = try events.next()
            if event.kind == .sequenceEnd { return elements }
            elements.append(try node(event, depth: depth))
        }
    }

    private mutating func entries(depth: Int) throws(Diagnostics) -> [YAMLNode.Entry] {
        var own: [YAMLNode.Entry] = []
        var merged: [YAMLNode.Entry] = []
        var places: [String: SourcePosition] = [:]
        while true {
            let event = try events.next()
            if event.kind == .mappingEnd { break }
            let isText = event.kind == .scalar
            let key = YAMLNode.Key(name: event.text, position: event.position)
            _ = try node(event, depth: depth)
            let value = try node(try events.next(), depth: depth)
            guard isText else {
                report(Diagnostic(.invalidYAML, "a key must be a plain text", at: event.position))
                continue
            }
            if let first = places.updateValue(key.position, forKey: key.name) {
                reportDuplicate(key, first)
            } else if key.name == "<<", event.isPlain {
                merged += mergedEntries(value)
            } else {
                own.append(YAMLNode.Entry(key: key, value: value))
            }
        }
        // What stands in the mapping itself wins over what `<<` brings, and an earlier merge over a later one (YAML merge key).
        for entry in merged where places.updateValue(entry.key.position, forKey: entry.key.name) == nil {
            own.append(entry)
        }
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

    private func localTag(_ tag: String?) -> String? {
        tag.flatMap { $0.hasPrefix("!") && $0.count > 1 ? String($0.dropFirst()) : nil }
    }

    // MARK: - Problems

    private func failure(
        _ code: Diagnostic.Code,
        _ message: String,
        at position: SourcePosition,
        hint: String? = nil
    ) -> Diagnostics {
        Diagnostics([Diagnostic(code, message, at: position, hint: hint)])
    }

    private mutating func reportDuplicate(_ key: YAMLNode.Key, _ first: SourcePosition) {
        report(
            Diagnostic(
                .duplicateKey,
                "`\(key.name)` stands here more than once",
                at: key.position,
                hint: "keep one of them",
                related: [Diagnostic.Related("the first one", at: first)]
            )
        )
    }

    private mutating func report(_ diagnostic: Diagnostic) {
        if problems.count < 20 { problems.append(diagnostic) }
    }
}
