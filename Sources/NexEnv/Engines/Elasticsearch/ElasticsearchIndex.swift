/// An index as a file declares it.
package struct ElasticsearchIndex: Sendable, Hashable {
    /// The fields and their types, as in `PUT /index`.
    package var mappings: YAMLNode?
    /// Settings of the index: shards, copies, analysis.
    package var settings: YAMLNode?

    static let shape = Shape<ElasticsearchIndex>(
        "an index",
        "An index.",
        defaults: ElasticsearchIndex(),
        [
            Field("mappings", \.mappings, .jsonObject, "The fields and their types, as Elasticsearch takes them."),
            Field("settings", \.settings, .jsonObject, "Settings of the index: shards, copies, analysis."),
        ]
    )

    /// Reports what no server would take.
    func check(_ context: DecodingContext, reserved: String, _ index: Named<ElasticsearchIndex>) {
        guard index.name.hasPrefix(reserved) else { return }
        let message = "indexes that begin with `\(reserved)` are nexenv's own"
        context.report(.invalidValue, message, at: index.position, hint: "take another name")
    }
}

/// A template of indexes as a file declares it.
package struct ElasticsearchTemplate: Sendable, Hashable {
    package var patterns: [String] = []
    package var priority: Int?
    package var index = ElasticsearchIndex()

    static let shape = Shape<ElasticsearchTemplate>(
        "a template",
        "A template.",
        defaults: ElasticsearchTemplate(),
        [
            Field(
                "index_patterns",
                \.patterns,
                .list(of: .text, orSingle: true),
                isRequired: true,
                "The names of the indexes that are made by it: `logs-*`."
            ),
            Field(
                "priority",
                \.priority,
                .integer(0...1_000_000_000),
                "Which of several templates counts: the highest."
            ),
        ] + ElasticsearchIndex.shape.fields.map { $0.lifted(\.index) }
    )
}

extension ValueShape {
    /// A mapping, or the path of a YAML or JSON file that holds one.
    static func inFile(_ shape: Shape<Value>) -> ValueShape<Value> {
        let value = shape.value
        return ValueShape(schema: ["anyOf": [shape.schema, ["type": ["string", "null"]]]]) { node, context in
            guard node.text != nil, !node.isNull else { return value.decode(node, context) }
            guard let path = ValueShape<ResourcePath>.file.decode(node, context) else { return nil }
            do throws(Diagnostics) {
                return value.decode(try YAMLReader.read(SourceFile.read(path.path)), context)
            } catch {
                context.report(error.all)
                return nil
            }
        }
    }
}

extension ValueShape<YAMLNode> {
    /// A mapping of anything that JSON has.
    fileprivate static var jsonObject: ValueShape<YAMLNode> {
        ValueShape(schema: ["type": "object"]) { node, context in
            guard node.entries != nil else {
                context.wrongType(node, expected: "a mapping")
                return nil
            }
            return node.hasNoTags(context) ? node : nil
        }
    }
}

extension YAMLNode {
    /// Reports tags such as `!ref`, which mean nothing here.
    fileprivate func hasNoTags(_ context: DecodingContext) -> Bool {
        if let tag {
            context.report(.invalidValue, "`!\(tag)` means nothing here", at: position)
            return false
        }
        switch content {
        case .scalar: return true
        case .sequence(let elements): return elements.allSatisfy { $0.hasNoTags(context) }
        case .mapping(let entries): return entries.allSatisfy { $0.value.hasNoTags(context) }
        }
    }

    /// The value as JSON has it, in YAML 1.2's core schema.
    var plainJSON: SeedValue {
        switch content {
        case .scalar: SeedValue(scalar: self) ?? .null
        case .sequence(let elements): .array(elements.map(\.plainJSON))
        case .mapping(let entries): .document(entries.map { .init($0.key.name, $0.value.plainJSON) })
        }
    }
}
