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

    /// The keys whose texts are paths from the file that says them.
    private static let pathKeys: Set = ["init", "config", "seeds", "migrations", "collections"]

    /// Scalars that two siblings disagree on are left to the file that includes both, which may settle them.
    private let relation: Relation

    /// Whether what is merged stands under `modes`, and is laid over a file only later.
    private var isInModes = false

    package init(_ relation: Relation) {
        self.relation = relation
    }

    /// Puts two trees together.
    ///
    /// - Parameters:
    ///   - base: What is built on, or the earlier sibling.
    ///   - overlay: What comes over it, or the later sibling.
    ///   - settled: The tree of the file that includes both siblings.
    ///   - key: The key that both stand under.
    /// - Returns: Both as one.
    package mutating func merge(
        _ base: YAMLNode,
        _ overlay: YAMLNode,
        settled: YAMLNode? = nil,
        under key: String = ""
    ) -> YAMLNode {
        switch (base.content, overlay.content) {
        case (.mapping(let below), .mapping(let above)):
            var merged = base
            merged.content = .mapping(merge(below, above, settled: settled))
            return merged
        case (.sequence(let below), .sequence(let above)) where relation == .siblings:
            let isPath = Self.pathKeys.contains(key)
            let known = Set(below.map { $0.meaning(isPath: isPath) })
            var joined = base
            joined.content = .sequence(below + above.filter { !known.contains($0.meaning(isPath: isPath)) })
            return joined
        default:
            if overlay.isNull { return base }
            if base.isNull || relation == .overlay { return overlay }
            let isPath = Self.pathKeys.contains(key)
            if settled == nil, base.meaning(isPath: isPath) != overlay.meaning(isPath: isPath) {
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
            if entry.key.name == "modes", !isInModes {
                isInModes = true
                defer { isInModes = false }
                merge(entry, into: &merged, settled: settled)
            } else {
                merge(entry, into: &merged, settled: settled)
            }
        }
        return merged
    }

    private mutating func merge(_ entry: YAMLNode.Entry, into merged: inout [YAMLNode.Entry], settled: YAMLNode?) {
        let appends = entry.key.name.hasPrefix("+")
        let name = appends ? String(entry.key.name.dropFirst()) : entry.key.name
        // A mode's `+key` waits for the file that the mode is laid over.
        let waiting = isInModes ? merged.firstIndex { $0.key.name == "+\(name)" } : nil
        if let waiting, !appends {
            merged[waiting] = entry
        } else if let index = merged.firstIndex(where: { $0.key.name == name }) ?? waiting {
            let old = merged[index].value
            if appends, let elements = old.listed, let added = entry.value.listed {
                merged[index].value.content = .sequence(elements + added)
            } else {
                merged[index].value = merge(old, entry.value, settled: settled?[name], under: name)
            }
        } else {
            merged.append(isInModes ? entry : entry.withoutAppending)
        }
    }
}

extension YAMLNode.Entry {
    /// The entry where there is nothing to append to, so that `+key` is the key.
    fileprivate var withoutAppending: YAMLNode.Entry {
        var entry = self
        if key.name.hasPrefix("+") { entry.key.name.removeFirst() }
        if let entries = value.entries { entry.value.content = .mapping(entries.map(\.withoutAppending)) }
        return entry
    }
}

extension YAMLNode {
    /// The elements of a list; a single value is a list of one, as it is wherever a list may stand.
    fileprivate var listed: [YAMLNode]? {
        if isNull { return [] }
        return text.map { _ in [self] } ?? elements
    }

    /// Returns a text that is the same for two nodes that say the same, wherever they stand.
    ///
    /// Texts that are paths say the same when they name the same file.
    fileprivate func meaning(isPath: Bool) -> String {
        switch content {
        case .scalar(let text):
            let isHost = isPath || text.hasPrefix("./") || text.hasPrefix("../")
            let said = isHost ? PathBoundary(file: position.file).resolve(text) ?? text : text
            return "\(tag ?? "")!\(said.utf8.count):\(said)"
        case .sequence(let elements):
            return "[" + elements.map { $0.meaning(isPath: isPath) }.joined(separator: ",") + "]"
        case .mapping(let entries):
            let members = entries.map { "\($0.key.name.utf8.count):\($0.key.name)=\($0.value.meaning(isPath: isPath))" }
            return "{" + members.sorted().joined(separator: ",") + "}"
        }
    }
}
