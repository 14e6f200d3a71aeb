/// One row of a result.
///
/// The subscripts are for values that may be absent, the functions for values that must be there:
/// `row["email"]?.string` is `nil` for NULL, and `try row.string("email")` throws.
public struct PostgresRow: Sendable {
    private let rows: PostgresRows
    private let index: Int

    init(rows: PostgresRows, index: Int) {
        self.rows = rows
        self.index = index
    }

    /// The columns, from left to right.
    public var columns: [PostgresColumn] {
        rows.columns
    }

    /// The values, from left to right.
    public var cells: [PostgresCell] {
        columns.indices.map { self[$0] }
    }

    /// Returns the value of a column; the index must be one of ``columns``.
    public subscript(column: Int) -> PostgresCell {
        rows.cell(row: index, column: column)
    }

    /// Returns the value of the first column of a name, or `nil` where there is no such column.
    public subscript(column: String) -> PostgresCell? {
        rows.column(named: column).map { self[$0] }
    }

    /// Returns the text in a column.
    ///
    /// - Throws: ``PostgresError`` with `.unexpectedResult` where there is no such column, or NULL in it.
    public func string(_ column: Int) throws(PostgresError) -> String {
        try value(cell(column).string, "text", "\(column)")
    }

    /// Returns the text in a column; see ``string(_:)-(Int)``.
    public func string(_ column: String) throws(PostgresError) -> String {
        try value(cell(column).string, "text", column)
    }

    /// Returns the integer in a column.
    ///
    /// - Throws: ``PostgresError`` with `.unexpectedResult` where there is no such column, or no integer in it.
    public func int(_ column: Int) throws(PostgresError) -> Int {
        try value(cell(column).int, "an integer", "\(column)")
    }

    /// Returns the integer in a column; see ``int(_:)-(Int)``.
    public func int(_ column: String) throws(PostgresError) -> Int {
        try value(cell(column).int, "an integer", column)
    }

    /// Returns the Boolean in a column.
    ///
    /// - Throws: ``PostgresError`` with `.unexpectedResult` where there is no such column, or no Boolean in it.
    public func bool(_ column: Int) throws(PostgresError) -> Bool {
        try value(cell(column).bool, "a Boolean", "\(column)")
    }

    /// Returns the Boolean in a column; see ``bool(_:)-(Int)``.
    public func bool(_ column: String) throws(PostgresError) -> Bool {
        try value(cell(column).bool, "a Boolean", column)
    }

    private func cell(_ column: Int) throws(PostgresError) -> PostgresCell {
        guard columns.indices.contains(column) else { throw missing("\(column)") }
        return self[column]
    }

    private func cell(_ column: String) throws(PostgresError) -> PostgresCell {
        guard let cell = self[column] else { throw missing(column) }
        return cell
    }

    private func missing(_ column: String) -> PostgresError {
        PostgresError(.unexpectedResult, "The result has no column \(column).")
    }

    private func value<Value>(_ value: Value?, _ kind: String, _ column: String) throws(PostgresError) -> Value {
        guard let value else { throw PostgresError(.unexpectedResult, "Column \(column) doesn't hold \(kind).") }
        return value
    }
}
