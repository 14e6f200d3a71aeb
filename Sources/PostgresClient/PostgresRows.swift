/// The rows that a statement returned, all in memory.
///
/// One value that may be handed from task to task; the text of a cell is only decoded when it is asked for.
public struct PostgresRows: Sendable, RandomAccessCollection {
    /// The columns, from left to right; empty for a statement that returns no rows.
    public let columns: [PostgresColumn]
    /// The server's summary, such as `SELECT 2` or `INSERT 0 3`.
    public let commandTag: String
    /// How many rows the statement returned, inserted, updated, deleted, moved, fetched or copied.
    public let affectedRows: Int

    private let result: PostgresResult
    private let indices: [String: Int]

    init(_ result: PostgresResult) {
        self.result = result
        columns = (0..<result.columnCount).map {
            PostgresColumn(name: result.columnName($0), typeOID: result.columnType($0))
        }
        commandTag = result.commandTag
        affectedRows = result.affectedRows
        indices = Dictionary(columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
        endIndex = result.rowCount
    }

    /// The position of the first row, always 0.
    public var startIndex: Int { 0 }

    /// The count of rows.
    public let endIndex: Int

    /// Returns a row; the position must be one of the collection's.
    public subscript(position: Int) -> PostgresRow {
        precondition(position >= 0 && position < endIndex, "row \(position) of \(endIndex)")
        return PostgresRow(rows: self, index: position)
    }

    func cell(row: Int, column: Int) -> PostgresCell {
        precondition(columns.indices.contains(column), "column \(column) of \(columns.count)")
        return PostgresCell(string: result.text(row: row, column: column))
    }

    func column(named name: String) -> Int? {
        indices[name]
    }
}

/// One column of a result.
public struct PostgresColumn: Sendable, Hashable {
    /// The name as the statement gave it; names need not be unique.
    public let name: String
    /// The type's object identifier in `pg_type`, such as 25 for `text`.
    public let typeOID: UInt32
}
