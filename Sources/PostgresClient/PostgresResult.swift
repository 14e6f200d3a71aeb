import CLibPQ

/// The one owner of a `PGresult`.
///
// SAFETY: a PGresult is never changed after this class takes it, and libpq promises that such a result "can be passed around
// freely between threads" (PostgreSQL documentation, "libpq: Behavior in Threaded Programs").
final class PostgresResult: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType {
        PQresultStatus(pointer)
    }

    var rowCount: Int {
        Int(PQntuples(pointer))
    }

    var columnCount: Int {
        Int(PQnfields(pointer))
    }

    /// The command tag, such as `INSERT 0 3`.
    var commandTag: String {
        PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
    }

    /// How many rows the command touched, or 0 for commands that don't count.
    var affectedRows: Int {
        PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    func columnName(_ column: Int) -> String {
        PQfname(pointer, CInt(column)).map { String(cString: $0) } ?? ""
    }

    func columnType(_ column: Int) -> UInt32 {
        PQftype(pointer, CInt(column))
    }

    /// Returns the text of a cell, or `nil` for NULL.
    func text(row: Int, column: Int) -> String? {
        let row = CInt(row)
        let column = CInt(column)
        guard PQgetisnull(pointer, row, column) == 0, let start = PQgetvalue(pointer, row, column) else { return nil }
        let length = Int(PQgetlength(pointer, row, column))
        let bytes = UnsafeRawBufferPointer(start: start, count: length)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The error that the server reported with this result.
    var error: PostgresError {
        let sqlState = pointer.diagnostic(NXDiagSQLState)
        let message = pointer.diagnostic(NXDiagMessage) ?? PQresultErrorMessage(pointer).map { String(cString: $0) }
        var error = PostgresError(.server, message ?? "")
        error.sqlState = sqlState
        error.severity = pointer.diagnostic(NXDiagSeverity)
        error.detail = pointer.diagnostic(NXDiagDetail)
        error.hint = pointer.diagnostic(NXDiagHint)
        error.position = pointer.diagnostic(NXDiagPosition).flatMap { Int($0) }
        error.internalPosition = pointer.diagnostic(NXDiagInternalPosition).flatMap { Int($0) }
        error.internalQuery = pointer.diagnostic(NXDiagInternalQuery)
        error.context = pointer.diagnostic(NXDiagContext)
        error.schema = pointer.diagnostic(NXDiagSchema)
        error.table = pointer.diagnostic(NXDiagTable)
        error.column = pointer.diagnostic(NXDiagColumn)
        error.constraint = pointer.diagnostic(NXDiagConstraint)
        return error
    }
}
