#if MongoDB
import MongoClient

/// A collection as a file declares it.
package struct MongoCollection: Sendable, Hashable {
    package var name = ""
    /// What documents have to be like, as in `db.createCollection`.
    var validator: BSONDocument?
    package var validationLevel: ValidationLevel?
    package var validationAction: ValidationAction?
    /// Further options of `create`: capped, timeseries, collation.
    var options: BSONDocument?
    package var indexes: [MongoIndex] = []

    /// Which documents are checked.
    package enum ValidationLevel: String, Sendable, CaseIterable {
        case off, strict, moderate
    }

    /// What happens to a document that isn't valid.
    package enum ValidationAction: String, Sendable, CaseIterable {
        case error, warn
    }

    static let shape = Shape<MongoCollection>(
        "a collection",
        "A collection.",
        defaults: MongoCollection(),
        [
            Field("collection", \.name, .collectionName, isRequired: true, "The collection's name."),
            Field("validator", \.validator, .bsonDocument, "What documents have to be like, such as `$jsonSchema`."),
            Field("validation_level", \.validationLevel, .choice, "Which documents are checked."),
            Field("validation_action", \.validationAction, .choice, "What happens to a document that isn't valid."),
            Field("options", \.options, .bsonDocument, "Further options: capped, timeseries, collation."),
            Field("indexes", \.indexes, .list(of: MongoIndex.shape.value), "Indexes."),
        ]
    )
}

/// An index as a file declares it.
package struct MongoIndex: Sendable, Hashable {
    var keys = BSONDocument()
    package var explicitName: String?
    package var isUnique = false
    package var isSparse = false
    /// How long after the indexed date a document is removed.
    package var expireAfter: Duration?
    var partialFilter: BSONDocument?
    var weights: BSONDocument?
    package var defaultLanguage: String?

    static let shape = Shape<MongoIndex>(
        "an index",
        "An index.",
        defaults: MongoIndex(),
        [
            Field(
                "keys",
                \.keys,
                .bsonDocument,
                isRequired: true,
                "Fields and their order: 1, -1, text, 2dsphere, hashed."
            ),
            Field("name", \.explicitName, .text, "The name; made of the keys when left out, as MongoDB does."),
            Field("unique", \.isUnique, .boolean, "Whether no two documents may have the same values."),
            Field("sparse", \.isSparse, .boolean, "Whether documents without the fields are left out."),
            Field(
                "expire_after",
                \.expireAfter,
                .duration,
                "How long after the field's date a document is removed (TTL)."
            ),
            Field("partial", \.partialFilter, .bsonDocument, "Which documents are in the index."),
            Field("weights", \.weights, .bsonDocument, "How much each field of a text index counts."),
            Field("default_language", \.defaultLanguage, .text, "The language of a text index."),
        ]
    )

    /// The name that MongoDB would give: fields and directions joined by underscores.
    var name: String {
        if let explicitName { return explicitName }
        return keys.map { key, value in "\(key)_\(value.string ?? value.int.map(String.init) ?? "1")" }.joined(
            separator: "_"
        )
    }

    /// The index as `createIndexes` takes it.
    var specification: BSONDocument {
        get throws {
            var document: BSONDocument = ["key": .document(keys), "name": .string(name)]
            if isUnique { try document.append(true, forKey: "unique") }
            if isSparse { try document.append(true, forKey: "sparse") }
            if let expireAfter {
                try document.append(.int64(expireAfter.components.seconds), forKey: "expireAfterSeconds")
            }
            if let partialFilter { try document.append(.document(partialFilter), forKey: "partialFilterExpression") }
            if let weights { try document.append(.document(weights), forKey: "weights") }
            if let defaultLanguage { try document.append(.string(defaultLanguage), forKey: "default_language") }
            return document
        }
    }
}

extension ValueShape<String> {
    /// A collection's name as MongoDB allows it.
    fileprivate static var collectionName: ValueShape<String> {
        text.map(describe: { .string($0) }) { name, node, context in
            guard !name.isEmpty, !name.hasPrefix("system."), !name.contains("$"), !name.unicodeScalars.contains("\0")
            else {
                context.report(
                    .invalidValue,
                    "`\(name)` is no name for a collection: not empty, no `$`, not starting with `system.`",
                    at: node.position
                )
                return nil
            }
            return name
        }
    }
}

extension ValueShape<[MongoCollection]> {
    /// A list of files, each with one collection or a list of them.
    static var collections: ValueShape<[MongoCollection]> {
        let files = ValueShape<[ResourcePath]>.list(of: .file)
        return ValueShape(schema: files.schema) { node, context in
            guard let paths = files.decode(node, context) else { return nil }
            var all: [Named<MongoCollection>] = []
            for path in paths {
                for collection in read(path, context) {
                    if let first = all.first(where: { $0.name == collection.name }) {
                        let related = Diagnostic.Related("the other one is here", at: first.position)
                        let message = "the collection `\(collection.name)` is declared twice"
                        context.report(.conflictingValues, message, at: collection.position, related: [related])
                    }
                    all.append(collection)
                }
            }
            return all.map(\.value)
        }
    }

    private static func read(_ path: ResourcePath, _ context: DecodingContext) -> [Named<MongoCollection>] {
        do {
            let root = try YAMLReader.read(SourceFile.read(path.path))
            return (root.elements ?? [root]).compactMap { node in
                MongoCollection.shape.value.decode(node, context).map {
                    Named(name: $0.name, position: node.position, value: $0)
                }
            }
        } catch {
            context.report(error.all)
            return []
        }
    }
}
#endif
