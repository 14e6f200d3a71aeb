/// Puts two trees together.
///
/// Mappings are merged key by key. What happens to two scalars or two lists depends on who the two are.
package struct YAMLMerge {
    /// Who the two trees are.
    package enum Relation {
        /// Two files that a third one includes: scalars must agree, lists are joined.
        case siblings
        /// A file, or a mode, over what it builds on: scalars and lists replace, `+key` appends.
        case overlay
    }

    package private(set) var problems: [Diagnostic] = []

    /// Scalars that two siblings disagree on are left to the file that includes both, which may settle them.
    private let relation: Relation

    package init(_ relation: Relation) {
        self.relation = relation
    }

    /// Returns both trees as one.
    ///
    /// - Parameters:
    ///   - base: What is built on, or the earlier sibling.
    ///   - overlay: What comes over it, or the later sibling.
    ///   - settled: The tree of the file that includes both siblings.
    package mutating func merge(_ base: YAMLNode, _ overlay: YAMLNode, settled: YAMLNode? = nil) -> YAMLNode {
        switch (base.content, overlay.content) {
        case (.mapping(let below), .mapping(let above)):
            var merged = base
            merged.content = .mapping(merge(below, above, settled: settled))
            return merged
        case (.sequence(let below), .sequence(let above)) where relation == .siblings:
            var joined = base
            joined.content = .sequence(below + above.filter { new in !below.contains { $0.isSame(as: new) } })
            return joined
        default:
            if overlay.isNull { return base }
            if base.isNull || relation == .overlay { return overlay }
            if settled == nil, !base.isSame(as: overlay) {
                let related = Diagnostic.Related("the other one says \(base.kindDescription)", at: base.position)
                problems.append(
                    Diagnostic(
                        .conflictingValues,
                        "two included files disagree: \(overlay.kindDescription) here",
                        at: overlay.position,
                        hint: "say which one holds in the file that includes both",
                        related: [related]
                    )
                )
            }
            return base
        }
    }

    private mutating func merge(
        _ below: [YAMLNode.Entry],
        _ above: [YAMLNode.Entry],
        settled: YAMLNode?
    ) -> [YAMLNode.Entry] {
        var merged = below
        for entry in above {
            let appends = entry.key.name.hasPrefix("+")
            let name = appends ? String(entry.key.name.dropFirst()) : entry.key.name
            guard let index = merged.firstIndex(where: { $0.key.name == name }) else {
                var entry = entry
                entry.key.name = name
                merged.append(entry)
                continue
            }
            let old = merged[index].value
            if appends, let elements = old.elements, let added = entry.value.elements {
                merged[index].value.content = .sequence(elements + added)
            } else {
                merged[index].value = merge(old, entry.value, settled: settled?[name])
            }
        }
        return merged
    }
}

extension YAMLNode {
    /// Whether two nodes say the same, wherever they stand; texts that are paths count as the files they name.
    func isSame(as other: YAMLNode) -> Bool {
        switch (content, other.content) {
        case (.scalar(let left), .scalar(let right)):
            let isSamePlace = position.file.path == other.position.file.path
            return left == right && tag == other.tag && (isSamePlace || !left.contains("/") || sameFile(left, other, right))
        case (.sequence(let left), .sequence(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.mapping(let left), .mapping(let right)):
            return left.count == right.count
                && zip(left, right).allSatisfy { $0.key.name == $1.key.name && $0.value.isSame(as: $1.value) }
        default: return false
        }
    }

    private func sameFile(_ path: String, _ other: YAMLNode, _ otherPath: String) -> Bool {
        PathBoundary(file: position.file).resolve(path) == PathBoundary(file: other.position.file).resolve(otherPath)
    }
}
