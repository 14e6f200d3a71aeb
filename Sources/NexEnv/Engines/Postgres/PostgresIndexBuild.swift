import Foundation
import PostgresClient

/// What the ledger keeps of a statement that runs outside of a transaction, to find what it left behind.
struct PostgresStatementNote: Codable {
    /// The digest of what the statement says.
    var tokens: String

    /// For an index that is built concurrently: the table, and the indexes that it had before.
    var table: Int?
    var indexes: [Int]?

    /// The index's name, where the statement gives it one.
    var name: String?

    /// Returns what there is to know before a statement runs.
    static func make(
        for statement: SQLStatement,
        _ index: PostgresIndexBuild?,
        _ connection: PostgresConnection
    ) async -> PostgresStatementNote {
        var note = PostgresStatementNote(tokens: Script([.init([statement])]).tokens)
        guard let index else { return note }
        let sql = """
            SELECT t.oid, array_to_string(ARRAY(SELECT indexrelid FROM pg_index WHERE indrelid = t.oid), ' ')
              FROM (SELECT to_regclass($1)::oid AS oid) AS t WHERE t.oid IS NOT NULL
            """
        // A table that can't be found is the statement's to complain about.
        guard let row = try? await connection.query(sql, [PostgresValue(index.table)]).first else { return note }
        note.table = row[0].int
        note.indexes = (row[1].string ?? "").split(separator: " ").compactMap { Int($0) }
        note.name = index.name
        return note
    }
}

extension PostgresStatementNote {
    /// Reads what a ledger has; nothing where that is something else.
    init?(text: String) {
        guard let note = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = note
    }

    var text: String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// `CREATE INDEX CONCURRENTLY`: when it fails, or is killed, an invalid index stays behind.
struct PostgresIndexBuild {
    /// The table, as the statement writes it.
    let table: String

    /// The index, as the catalog has it; nothing where the server makes the name.
    let name: String?

    private let statement: SQLStatement

    /// Nothing for any other statement.
    init?(_ statement: SQLStatement) {
        let words = statement.words
        guard words.first == "create", words.contains("index"), words.contains("concurrently") else { return nil }
        var tokens = statement.tokens[...]
        guard let concurrently = tokens.firstIndex(where: { $0.lowercased() == "concurrently" }) else { return nil }
        tokens = tokens[(concurrently + 1)...]
        if tokens.prefix(3).map({ $0.lowercased() }) == ["if", "not", "exists"] { tokens = tokens.dropFirst(3) }
        var name: String?
        if let first = tokens.first, first.lowercased() != "on" {
            name = first.hasPrefix("\"") ? Self.unquoted(first) : first.lowercased()
            tokens = tokens.dropFirst()
        }
        guard tokens.first?.lowercased() == "on" else { return nil }
        tokens = tokens.dropFirst()
        if tokens.first?.lowercased() == "only" { tokens = tokens.dropFirst() }
        table = tokens.prefix { $0 != "(" && $0.lowercased() != "using" }.joined()
        self.name = name
        self.statement = statement
    }

    private static func unquoted(_ name: String) -> String {
        String(name.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }

    /// Drops the invalid index that a build has left behind, unless somebody is building it right now.
    ///
    /// - Returns: Whether a valid index is there that wasn't there before.
    static func settle(_ note: PostgresStatementNote, _ connection: PostgresConnection) async throws -> Bool {
        guard let table = note.table, let known = note.indexes else { return false }
        let sql = """
            SELECT i.indisvalid AND i.indisready, i.indexrelid::regclass
              FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
             WHERE i.indrelid = $1::oid AND NOT i.indexrelid::text = ANY (string_to_array($2, ' '))
               AND ($3::text IS NULL OR c.relname = $3)
               AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid)
            """
        let names = known.map(String.init).joined(separator: " ")
        var isBuilt = false
        let values = [PostgresValue(table), PostgresValue(names), PostgresValue(note.name)]
        for row in try await connection.query(sql, values) {
            if try row.bool(0) {
                isBuilt = true
            } else {
                try await connection.execute("DROP INDEX CONCURRENTLY IF EXISTS \(row.string(1))")
            }
        }
        return isBuilt
    }

    /// Makes sure that the index is usable: `IF NOT EXISTS` is content with one that isn't.
    func checkValid(_ note: PostgresStatementNote, _ connection: PostgresConnection) async throws {
        guard let table = note.table, let name else { return }
        let sql = """
            SELECT indexrelid::regclass FROM pg_index JOIN pg_class ON oid = indexrelid
             WHERE indrelid = $1::oid AND relname = $2 AND NOT indisvalid
            """
        guard let row = try await connection.query(sql, [PostgresValue(table), PostgresValue(name)]).first else {
            return
        }
        let index = try row.string(0)
        throw Diagnostics(
            [
                Diagnostic(
                    .sql,
                    "the index `\(index)` was there before, and is invalid: no query uses it",
                    at: statement.position,
                    hint: "`DROP INDEX CONCURRENTLY \(index)` makes room for a new one"
                )
            ],
            exitStatus: .dataError
        )
    }
}
