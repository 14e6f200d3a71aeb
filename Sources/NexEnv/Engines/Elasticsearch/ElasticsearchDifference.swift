/// What a declared mapping or setting wants that a server doesn't have.
struct ElasticsearchDifference: Sendable {
    /// `mappings.properties.title.analyzer`, `settings.index.number_of_shards`.
    var path: String
    var position: SourcePosition
    var wanted: SeedValue
    /// What the server has there; nothing where it has nothing.
    var found: SeedValue?

    /// Whether something is added, and nothing changed.
    var isAddition: Bool { found == nil }

    /// Whether it is a field as a whole that isn't there.
    var isMissingField: Bool {
        let parts = path.split(separator: ".")
        return isAddition && parts.count > 1 && ["properties", "fields"].contains(parts[parts.count - 2])
    }

    // MARK: - Mappings

    /// Compares mappings: what the server has beyond the wanted stays.
    static func inMappings(_ wanted: YAMLNode?, _ found: SeedValue?) -> [ElasticsearchDifference] {
        wanted.map { compare($0, found ?? .document([]), "mappings") } ?? []
    }

    private static func compare(_ wanted: YAMLNode, _ found: SeedValue, _ path: String) -> [ElasticsearchDifference] {
        guard let entries = wanted.entries, case .document = found else {
            let value = wanted.plainJSON
            guard !isSame(value, found) else { return [] }
            return [ElasticsearchDifference(path: path, position: wanted.position, wanted: value, found: found)]
        }
        return entries.flatMap { entry -> [ElasticsearchDifference] in
            let name = entry.key.name
            // An object has no type of its own in the server's words.
            if name == "type", entry.value.text == "object", found["properties"] != nil { return [] }
            let place = "\(path).\(name)"
            if let other = found[name] { return compare(entry.value, other, place) }
            // What the server leaves out is what it does anyway.
            if !place.hasSuffix(".properties.\(name)"), !place.hasSuffix(".fields.\(name)"), entry.value.entries == nil,
                isUsual(name, entry.value)
            {
                return []
            }
            let value = entry.value.plainJSON
            return [ElasticsearchDifference(path: place, position: entry.key.position, wanted: value, found: nil)]
        }
    }

    /// Whether a parameter says what holds without it.
    private static func isUsual(_ name: String, _ value: YAMLNode) -> Bool {
        switch name {
        case "index", "doc_values", "dynamic", "enabled", "norms": value.text == "true"
        case "store": value.text == "false"
        default: false
        }
    }

    // MARK: - Settings

    /// Compares settings by their flat names.
    ///
    /// - Parameter found: As `flat_settings=true` gives them.
    static func inSettings(_ wanted: YAMLNode?, _ found: SeedValue?) -> [ElasticsearchDifference] {
        flat(wanted).compactMap { name, node in
            let value = node.plainJSON
            if let other = found?[name], isSame(value, other) { return nil }
            return ElasticsearchDifference(
                path: "settings.\(name)",
                position: node.position,
                wanted: value,
                found: found?[name]
            )
        }
    }

    /// The settings by the names that the server gives them: `index.number_of_shards`, however they are nested.
    static func flat(_ settings: YAMLNode?) -> [(name: String, value: YAMLNode)] {
        guard let settings else { return [] }
        func collect(_ node: YAMLNode, _ prefix: String) -> [(String, YAMLNode)] {
            guard let entries = node.entries else { return [(prefix, node)] }
            return entries.flatMap { collect($0.value, prefix.isEmpty ? $0.key.name : "\(prefix).\($0.key.name)") }
        }
        return collect(settings, "").map { ($0.hasPrefix("index.") ? $0 : "index.\($0)", $1) }
    }

    /// Whether two values mean the same to the server, which gives numbers and booleans back as texts.
    private static func isSame(_ wanted: SeedValue, _ found: SeedValue) -> Bool {
        switch (wanted, found) {
        case (.array(let left), .array(let right)): left.count == right.count && zip(left, right).allSatisfy(isSame)
        case (.array(let left), _): left.count == 1 && isSame(left[0], found)
        case (_, .array(let right)): right.count == 1 && isSame(wanted, right[0])
        default: wanted.plainText == found.plainText
        }
    }
}
