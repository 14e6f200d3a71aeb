/// A value in a YAML file together with its place.
///
/// Scalars keep their text: whether `15.10` is a version or a number is for whoever reads the key to say.
package struct YAMLNode: Sendable, Hashable {
    /// What a node holds.
    package enum Content: Sendable, Hashable {
        case scalar(String)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    /// A key and its value.
    package struct Entry: Sendable, Hashable {
        package var key: Key
        package var value: YAMLNode
    }

    /// A key of a mapping, with its place.
    package struct Key: Sendable, Hashable {
        package var name: String
        package var position: SourcePosition
    }

    package var content: Content
    package var position: SourcePosition

    /// A local tag without its exclamation mark, such as `ref` of `!ref plans/pro`.
    package var tag: String?

    /// Whether a scalar stands without quotes, so that `null`, `true` and numbers mean what they look like.
    package var isPlain: Bool

    package init(_ content: Content, at position: SourcePosition, tag: String? = nil, isPlain: Bool = true) {
        self.content = content
        self.position = position
        self.tag = tag
        self.isPlain = isPlain
    }
}

extension YAMLNode {
    /// The text of a scalar.
    package var text: String? {
        if case .scalar(let text) = content { text } else { nil }
    }

    /// The elements of a sequence.
    package var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// The entries of a mapping, in the order they stand in.
    package var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// Whether the node is an empty plain scalar, `~` or `null`.
    package var isNull: Bool {
        guard isPlain, tag == nil, let text else { return false }
        return text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    /// Returns the value of a key, or nothing where this isn't a mapping that has it.
    package subscript(_ name: String) -> YAMLNode? {
        entries?.first { $0.key.name == name }?.value
    }

    /// What the node is, in the words of a message.
    package var kindDescription: String {
        switch content {
        case .scalar where isNull: "nothing"
        case .scalar(let text) where text.count <= 40 && !text.contains("\n"): "`\(text)`"
        case .scalar: "a text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// Returns a copy in which every scalar went through a function.
    package func mapScalars(_ transform: (YAMLNode, String) -> String) -> YAMLNode {
        var copy = self
        switch content {
        case .scalar(let text): copy.content = .scalar(transform(self, text))
        case .sequence(let elements): copy.content = .sequence(elements.map { $0.mapScalars(transform) })
        case .mapping(let entries):
            copy.content = .mapping(entries.map { Entry(key: $0.key, value: $0.value.mapScalars(transform)) })
        }
        return copy
    }
}
