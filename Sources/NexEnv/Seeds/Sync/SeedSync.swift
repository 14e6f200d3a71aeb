/// A collection whose documents an index shall have, kept alike by every `nexenv seed`.
package struct SeedSync: Sendable {
    /// `service.database.collection`.
    package var source = SeedTarget()
    /// `service.index`.
    package var target = SeedTarget()

    /// The fields of a document of the index, and where each comes from; empty for all but `_id`.
    package var fields: [Named<String>] = []

    /// The field that says when a document was changed; without it every run goes through all of them.
    package var changedBy: String?

    /// The modes that get it; empty for all.
    package var only: [String] = []

    static let shape = Shape<SeedSync>(
        "a sync",
        "A collection whose documents an index shall have.",
        defaults: SeedSync(),
        [
            Field("from", \.source, .seedTarget, isRequired: true, "The collection: `service.database.collection`."),
            Field("into", \.target, .seedTarget, isRequired: true, "The index: `service.index`."),
            Field(
                "fields",
                \.fields,
                .fieldNames,
                "The fields: a list, or the name in the index with the path in the collection; all without it."
            ),
            Field(
                "changed_by",
                \.changedBy,
                .text,
                "The field that says when a document was changed; without it every run goes through all documents."
            ),
            Field("only", \.only, .list(of: .text, orSingle: true), "The modes that get it; all without it."),
        ]
    )
}

extension SeedSync {
    /// What is wrong with it as far as the file alone shows.
    func problem(in environment: Environment) -> SeedProblem? {
        guard let service = environment[source.service], service.engine is any SyncSourceEngine,
            let engine = service.engine as? any SeedableEngine
        else {
            return SeedProblem(message: "`\(source.service)` is no service that documents could come from", hint: nil)
        }
        var set = SeedSet()
        set.target = source
        if let problem = engine.problem(with: set) { return problem }
        guard let service = environment[target.service], service.engine is any SyncTargetEngine,
            let engine = service.engine as? any SeedableEngine
        else {
            return SeedProblem(message: "`\(target.service)` is no service that could be kept alike", hint: nil)
        }
        set.target = target
        return engine.problem(with: set)
    }

    /// What a cursor belongs to: what was copied by other words has to be copied anew.
    var fingerprint: String {
        let parts = [source.written, target.written, changedBy ?? ""] + fields.flatMap { [$0.name, $0.value] }
        return SHA256Digest.hex(of: parts.joined(separator: "\u{0}"))
    }

    /// Returns a document of the index out of one of the collection.
    func fields(of document: [SeedValue.Field]) -> [SeedValue.Field] {
        guard !fields.isEmpty else { return document.filter { $0.name != "_id" } }
        return fields.compactMap { field in
            var value: SeedValue? = .document(document)
            for part in field.value.split(separator: ".") { value = value?[String(part)] }
            return value.map { .init(field.name, $0) }
        }
    }
}

extension ValueShape<[Named<String>]> {
    /// Names, each of which stands for itself, or names with what they stand for.
    fileprivate static var fieldNames: ValueShape<[Named<String>]> {
        let list = ValueShape<[String]>.list(of: .text)
        let map = ValueShape<[Named<String>]>.map(of: .text)
        return ValueShape(schema: ["anyOf": [list.schema, map.schema]]) { node, context in
            guard node.elements != nil else { return map.decode(node, context) }
            return list.decode(node, context)?.map { Named(name: $0, position: node.position, value: $0) }
        }
    }
}
