/// Rows that a table, a collection or a Redis database shall have.
package struct SeedSet: Sendable {
    package var target = SeedTarget()

    /// The columns by which a row is found again; nothing for what the target itself says: its primary key, `_id`, the key.
    package var key: [String] = []

    package var mode = SeedMode.upsert

    /// Columns that a row gets when it is new, and that are left alone when it exists.
    package var insertOnly: [String] = []

    /// Values that every row has unless it says otherwise.
    package var defaults: YAMLNode?

    /// Whether the table's own triggers run while rows are written; constraints are checked all the same.
    package var runsTriggers = true

    /// The modes that get the set; empty for all.
    package var only: [String] = []

    /// What `!id` makes, where the target leaves that open.
    package var identities: SeedIdentityKind?

    /// Sets that have to be there first, besides those that references name.
    package var after: [String] = []

    package var rows: YAMLNode?
    package var source: SeedFileSource?
    package var generation: SeedGeneration?

    static let shape = Shape<SeedSet>(
        "a set",
        "Rows that a table, a collection or a Redis database shall have.",
        defaults: SeedSet(),
        [
            Field(
                "into",
                \.target,
                .seedTarget,
                "`service.database.table`, `service.database.collection`, or `service.database` of Redis; "
                    + "without it, the rows are only for other sets."
            ),
            Field("key", \.key, .list(of: .text, orSingle: true), "The columns by which a row is found again."),
            Field(
                "mode",
                \.mode,
                .choice,
                "What happens to rows that are there: ensure, upsert, sync, replace, append."
            ),
            Field(
                "on_insert_only",
                \.insertOnly,
                .list(of: .text, orSingle: true),
                "Columns that are set when a row is new, and never changed."
            ),
            Field("defaults", \.defaults, .anything, "Values that every row has unless it says otherwise."),
            Field(
                "triggers",
                \.runsTriggers,
                .boolean,
                "`false`: the table's own triggers don't run while it is filled; constraints are checked all the same."
            ),
            Field("only", \.only, .list(of: .text, orSingle: true), "The modes that get the set; all without it."),
            Field("ids", \.identities, .choice, "What `!id` makes: uuid, integer, objectid or text."),
            Field("after", \.after, .list(of: .text, orSingle: true), "Sets that have to be there first."),
            Field("rows", \.rows, .anything, "The rows: by label, or a list."),
            Field("from", \.source, SeedFileSource.shape.value, "A file with the rows."),
            Field("generate", \.generation, SeedGeneration.shape.value, "How rows are made."),
        ]
    )
}

extension SeedSet {
    /// Whether the rows go nowhere, and are only there for other sets.
    var isForOthers: Bool { target.service.isEmpty }

    /// Whether what a row has in a column is left alone.
    func keeps(_ column: String) -> Bool { mode == .ensure || insertOnly.contains(column) }
}

/// What a set does to rows.
package enum SeedMode: String, Sendable, CaseIterable {
    /// Adds what is missing; what is there stays as it is.
    case ensure
    /// Adds what is missing and changes what differs.
    case upsert
    /// As upsert, and removes the rows that this set added earlier and no longer has.
    case sync
    /// As upsert, and removes every row that the set doesn't have.
    case replace
    /// Adds all rows, once.
    case append

    /// Whether rows that are there may be removed.
    var removesRows: Bool { self == .sync || self == .replace }
}

/// What an identity is made as.
package enum SeedIdentityKind: String, Sendable, CaseIterable {
    case uuid
    case integer
    case objectID = "objectid"
    case text
}

/// Where a set's rows go.
package struct SeedTarget: Sendable, Hashable {
    package var service = ""
    package var database: String?
    /// The table or collection; for a table with its schema before it, where the file names one.
    package var path: [String] = []
    package var written = ""

    /// The last part: the table or collection.
    package var name: String { path.last ?? "" }

    var place: DatabasePlace { DatabasePlace(service: service, database: database) }
}

extension ValueShape<SeedTarget> {
    /// `service`, `service.database`, `service.database.table` or `service.database.schema.table`.
    static var seedTarget: ValueShape<SeedTarget> {
        ValueShape<String>.text.map(describe: { .string($0.written) }) { text, node, context in
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count <= 4, parts.allSatisfy({ !$0.isEmpty }) else {
                context.wrongType(node, expected: "`service.database.table`")
                return nil
            }
            return SeedTarget(
                service: parts[0],
                database: parts.count > 1 ? parts[1] : nil,
                path: Array(parts.dropFirst(2)),
                written: text
            )
        }
    }
}

extension ValueShape<YAMLNode> {
    /// Any value, read later by whoever knows what it means.
    static var anything: ValueShape<YAMLNode> { ValueShape(schema: [:]) { node, _ in node } }
}

/// A file with rows.
package struct SeedFileSource: Sendable {
    package var csv: ResourcePath?
    package var json: ResourcePath?
    package var jsonl: ResourcePath?
    package var yaml: ResourcePath?
    package var sql: ResourcePath?
    package var query: ResourcePath?

    /// The sets that a query may read as if they were tables, wherever their rows go.
    package var inputs: [String] = []

    /// The column that each of the file's becomes; nothing for the file's own names.
    package var columns: [Named<String>] = []

    /// The text of a CSV file that stands for no value.
    package var null = ""
    package var delimiter = ","

    /// The column whose value is a row's label.
    package var label: String?

    static let shape = Shape<SeedFileSource>(
        "a source",
        "A file with rows.",
        defaults: SeedFileSource(),
        [
            Field("csv", \.csv, .file, "A CSV file with a header."),
            Field("json", \.json, .file, "A JSON file: an array of objects."),
            Field("jsonl", \.jsonl, .file, "A file with a JSON object on each line."),
            Field("yaml", \.yaml, .file, "A YAML file: rows by label, or a list."),
            Field("sql", \.sql, .file, "A file of SQL statements; run when it has changed."),
            Field("query", \.query, .file, "A file with one SELECT, whose rows are the set's."),
            Field(
                "with",
                \.inputs,
                .list(of: .text, orSingle: true),
                "Other sets that the query reads as tables of their names, wherever their rows go."
            ),
            Field("columns", \.columns, .map(of: .text), "The column that each column of the file becomes."),
            Field("null", \.null, .text, "The text of a CSV file that stands for no value."),
            Field("delimiter", \.delimiter, .text, "What stands between the columns of a CSV file."),
            Field("label", \.label, .text, "The column whose value is the label that `!ref` names."),
        ]
    )

    /// The file, and the key that names it.
    var file: (kind: String, path: ResourcePath)? {
        let all = [("csv", csv), ("json", json), ("jsonl", jsonl), ("yaml", yaml), ("sql", sql), ("query", query)]
        return all.lazy.compactMap { kind, path in path.map { (kind, $0) } }.first
    }

    var fileCount: Int { [csv, json, jsonl, yaml, sql, query].count { $0 != nil } }

    /// Whether it takes a server that knows SQL.
    var isSQL: Bool { sql != nil || query != nil }
}

/// How rows are made.
package struct SeedGeneration: Sendable {
    package var count = 0
    package var seed = ""
    package var label = "{n}"
    package var fields: YAMLNode?
    /// Values that fields are made of and that are no columns themselves.
    package var hidden: YAMLNode?

    /// All values of a row, those first that are no columns.
    var allFields: [YAMLNode.Entry] { (hidden?.entries ?? []) + (fields?.entries ?? []) }

    static let shape = Shape<SeedGeneration>(
        "`generate`",
        "How rows are made.",
        defaults: SeedGeneration(),
        [
            Field("count", \.count, .integer(0...1_000_000_000), isRequired: true, "How many rows."),
            Field("seed", \.seed, .text, "What all values depend on, besides the names of set and field."),
            Field("label", \.label, .text, "A row's label, for `!ref`; `{n}` is its number from 1."),
            Field("let", \.hidden, .anything, "Values that fields are made of, and that are no columns."),
            Field("fields", \.fields, .anything, isRequired: true, "The columns and how each is made."),
        ]
    )
}
