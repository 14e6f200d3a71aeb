#if MongoDB
import MongoClient

/// One command of a migration, as `runCommand` takes it.
package struct MongoCommand: ScriptStatement {
    /// The command's name: its first key.
    let name: String
    let document: BSONDocument

    /// What the file says.
    let node: YAMLNode

    package var position: SourcePosition { node.position }

    package var summary: String {
        let target = document[name]?.string.map { " \($0)" } ?? ""
        return name + target
    }

    package func addTokens(to digest: inout SHA256Stream) {
        digest.update(document.extendedJSON(.canonical).utf8)
    }

    /// Whether it writes documents, so that a transaction can hold it.
    var writesDocuments: Bool { Self.lists[name] != nil || name == "findAndModify" }

    /// The key of the list that each writing command has.
    private static let lists = ["insert": "documents", "update": "updates", "delete": "deletes"]

    /// Returns the place of one of the documents, updates or deletes that a command has.
    func position(of index: Int) -> SourcePosition {
        let list = Self.lists[name].flatMap { node[$0]?.elements } ?? []
        return list.indices.contains(index) ? list[index].position : position
    }

    /// The command as it is sent.
    ///
    /// Documents to insert that have no `_id` get one that is always the same, so that sending them twice inserts them once, and
    /// the same migrations make the same documents everywhere.
    ///
    /// - Parameters:
    ///   - seed: What the made-up identifiers depend on.
    ///   - database: The database, which collections to rename have to name.
    func sent(seed: String, in database: String) throws -> BSONDocument {
        switch name {
        case "insert": return try document.replacing("documents", with: .array(documents(seed)))
        case "renameCollection":
            let target = document["to"]?.string ?? ""
            return try document.replacing(name, with: .string("\(database).\(document[name]?.string ?? "")"))
                .replacing("to", with: .string("\(database).\(target)"))
        default: return document
        }
    }

    private func documents(_ seed: String) throws -> [BSONValue] {
        try (document["documents"]?.array ?? []).enumerated().map { index, value in
            guard let document = value.document, document["_id"] == nil else { return value }
            let digest = SHA256Digest.hex(of: "\(seed)/\(index)")
            guard let id = BSONObjectID(hex: String(digest.prefix(24))) else { return value }
            var whole: BSONDocument = ["_id": .objectID(id)]
            for (key, value) in document { try whole.append(value, forKey: key) }
            return .document(whole)
        }
    }

    /// The database that the command is sent to: renaming is asked of the server as a whole.
    func target(in database: String) -> String { name == "renameCollection" ? "admin" : database }

    /// Whether the server says that what the command does has been done already.
    func saysDone(_ error: MongoError) -> Bool {
        switch name {
        case "create": error.codeName == "NamespaceExists"
        case "drop", "renameCollection": error.codeName == "NamespaceNotFound"
        case "dropIndexes": error.codeName == "IndexNotFound" || error.codeName == "NamespaceNotFound"
        default: false
        }
    }
}

extension ValueShape<MongoCommand> {
    /// A mapping whose first key is the command.
    static var command: ValueShape<MongoCommand> {
        ValueShape(schema: ["type": "object"]) { node, context in
            guard let first = node.entries?.first else {
                context.wrongType(node, expected: "a command", hint: "a mapping, as in `{ create: invoices }`")
                return nil
            }
            for entry in node.entries ?? [] where ownKeys.contains(entry.key.name) {
                context.report(
                    .invalidValue,
                    "`\(entry.key.name)` is for nexenv to say",
                    at: entry.key.position,
                    hint: "leave it out"
                )
                return nil
            }
            if let why = refused[first.key.name] {
                context.report(.invalidValue, "`\(first.key.name)` can't be in a migration: \(why)", at: node.position)
                return nil
            }
            if first.key.name == "renameCollection" { checkNames(node, context) }
            guard let document = document(node, context) else { return nil }
            return MongoCommand(name: first.key.name, document: document, node: node)
        }
    }

    /// Returns a mapping as BSON; what can't be is reported at the innermost place that can't.
    private static func document(_ node: YAMLNode, _ context: DecodingContext) -> BSONDocument? {
        do {
            return try BSONDocument(extendedJSON: node.extendedJSON)
        } catch {
            let children = node.entries.map { $0.map(\.value) } ?? node.elements ?? []
            for child in children where (try? BSONValue(extendedJSON: child.extendedJSON)) == nil {
                _ = document(child, context)
                return nil
            }
            context.report(.invalidValue, error.message, at: node.position)
            return nil
        }
    }

    private static func checkNames(_ node: YAMLNode, _ context: DecodingContext) {
        for key in ["renameCollection", "to"] where node[key]?.text == nil {
            let message = "`renameCollection` takes two names: `{ renameCollection: old, to: new }`"
            context.report(.invalidValue, message, at: node[key]?.position ?? node.position)
        }
    }

    private static var ownKeys: Set<String> {
        ["$db", "lsid", "txnNumber", "autocommit", "startTransaction", "writeConcern"]
    }

    private static var refused: [String: String] {
        [
            "dropDatabase": "what has been applied is kept in the database",
            "commitTransaction": "transactions are nexenv's here", "abortTransaction": "transactions are nexenv's here",
            "startSession": "sessions are nexenv's here", "endSessions": "sessions are nexenv's here",
            "getMore": "nobody reads what it returns", "find": "nobody reads what it returns",
        ]
    }
}
#endif
