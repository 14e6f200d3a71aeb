extension SeedBook {
    /// The sets that a set's values name, itself left out.
    package func references(of entry: Entry) -> [String] {
        var names = Set(entry.set.source?.inputs ?? [])
        let nodes = [entry.set.rows, entry.set.defaults, entry.set.generation?.fields, entry.set.generation?.hidden]
        for node in nodes { if let node { collect(node, isGenerator: false, &names) } }
        names.remove(entry.name)
        return names.filter { self[$0] != nil }.sorted()
    }

    /// Sets with all that they refer to, and what those refer to.
    func withReferences(_ entries: [Entry]) -> [Entry] {
        var all = entries
        var names = Set(entries.map(\.name))
        var index = 0
        while index < all.count {
            for name in references(of: all[index]) where names.insert(name).inserted {
                if let entry = self[name] { all.append(entry) }
            }
            index += 1
        }
        return all
    }

    private func collect(_ node: YAMLNode, isGenerator: Bool, _ names: inout Set<String>) {
        let isGenerator = isGenerator || node.tag == "gen"
        switch node.content {
        case .scalar(let text):
            if node.tag == "ref", let reference = SeedReference(text) { names.insert(reference.set) }
            if node.tag == "tpl" {
                for case .reference(let reference) in SeedTemplate.parts(of: text) ?? [] { names.insert(reference.set) }
            }
            // Which option of a generator names a set is the generator's to know; a name that only looks like one does no harm.
            if isGenerator { names.insert(String(text.prefix { $0 != "#" && $0 != "/" })) }
        case .sequence(let elements): for element in elements { collect(element, isGenerator: isGenerator, &names) }
        case .mapping(let entries): for entry in entries { collect(entry.value, isGenerator: isGenerator, &names) }
        }
    }
}

/// The order in which sets are loaded: what is pointed at comes before what points.
package enum SeedOrder {
    /// Returns the sets in order.
    ///
    /// - Parameters:
    ///   - entries: The sets, in the order of their files; they keep it where nothing else is said.
    ///   - firm: The sets that each one's own words put before it; a cycle of these is an error.
    ///   - soft: The sets that foreign keys put before it, where that makes no cycle: those are checked at the end.
    /// - Throws: ``Diagnostics`` that show a cycle.
    package static func sorted(
        _ entries: [SeedBook.Entry],
        firm: [String: [String]],
        soft: [String: [String]] = [:]
    ) throws(Diagnostics) -> [SeedBook.Entry] {
        if let cycle = cycle(entries, firm) {
            let names = cycle.map(\.name) + [cycle[0].name]
            throw Diagnostics([
                Diagnostic(
                    .dependencyCycle,
                    "sets need each other: \(names.joined(separator: " → "))",
                    at: cycle[0].position,
                    hint: "load one of them in two sets, or name an explicit value instead of a `!ref`"
                )
            ])
        }
        var rest = entries
        var sorted: [SeedBook.Entry] = []
        while !rest.isEmpty {
            let waiting = Set(rest.map(\.name))
            func isFree(_ entry: SeedBook.Entry, _ needs: [String: [String]]) -> Bool {
                needs[entry.name, default: []].allSatisfy { $0 == entry.name || !waiting.contains($0) }
            }
            let free = rest.firstIndex { isFree($0, firm) && isFree($0, soft) } ?? rest.firstIndex { isFree($0, firm) }
            sorted.append(rest.remove(at: free ?? 0))
        }
        return sorted
    }

    private static func cycle(_ entries: [SeedBook.Entry], _ needs: [String: [String]]) -> [SeedBook.Entry]? {
        let byName = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
        var done: Set<String> = []
        var path: [String] = []
        func visit(_ name: String) -> [SeedBook.Entry]? {
            if let start = path.firstIndex(of: name) { return path[start...].compactMap { byName[$0] } }
            guard !done.contains(name), byName[name] != nil else { return nil }
            path.append(name)
            defer { path.removeLast() }
            for next in needs[name, default: []] where next != name {
                if let cycle = visit(next) { return cycle }
            }
            done.insert(name)
            return nil
        }
        for entry in entries { if let cycle = visit(entry.name) { return cycle } }
        return nil
    }
}
