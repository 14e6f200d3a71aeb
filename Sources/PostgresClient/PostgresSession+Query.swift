import CLibPQ

extension PostgresSession {
    /// Runs one statement and returns its rows.
    ///
    /// - Parameters:
    ///   - sql: One statement, with `$1`, `$2`, … for the parameters.
    ///   - parameters: One value for each placeholder, at most 65,535.
    /// - Returns: All rows, in memory; for more than fits there, use ``copyOut(_:to:)``.
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func query(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresError) -> PostgresRows {
        try check([sql])
        try check(parameters.lazy.compactMap(\.text))
        guard parameters.count <= Int(PQ_QUERY_PARAM_MAX_LIMIT) else {
            throw PostgresError(.invalidArgument, "A statement takes at most \(PQ_QUERY_PARAM_MAX_LIMIT) parameters.")
        }
        let result = try run { pointer in
            CStringArray.withPointers(parameters.map(\.text)) { values in
                PQsendQueryParams(pointer, sql, CInt(parameters.count), nil, values, nil, nil, 0)
            }
        }
        guard let result else { throw PostgresError(.unexpectedResult, "The server sent no result.") }
        return PostgresRows(result)
    }

    /// Runs any number of statements and returns what the last one reported.
    ///
    /// The server runs the script as one transaction, unless the script itself says BEGIN and COMMIT.
    ///
    /// - Parameter script: Statements separated by semicolons, without placeholders.
    /// - Returns: The last statement's summary and count of rows.
    /// - Throws: ``PostgresError`` of the first statement that failed, with its ``PostgresError/position`` in the whole script.
    @discardableResult
    public func execute(_ script: String) throws(PostgresError) -> PostgresCommandResult {
        try check([script])
        let result = try run { pointer in PQsendQuery(pointer, script) }
        return result.map(PostgresCommandResult.init) ?? PostgresCommandResult(tag: "", affectedRows: 0)
    }

    /// Runs a transaction: commits when the closure returns, rolls back when it throws.
    ///
    /// Inside another one it is a part of that: a savepoint, which is all that is rolled back.
    func transaction<Value>(_ body: (PostgresSession) throws -> Value) throws -> Value {
        if try isInTransaction { return try savepoint(body) }
        try execute("BEGIN")
        let value: Value
        let tag: String
        do {
            value = try body(self)
            tag = try execute("COMMIT").tag
        } catch {
            rollBack("ROLLBACK")
            throw error
        }
        guard tag == "COMMIT" else { throw Self.hasIgnoredError }
        return value
    }

    private func savepoint<Value>(_ body: (PostgresSession) throws -> Value) throws -> Value {
        try execute("SAVEPOINT nexenv")
        do {
            let value = try body(self)
            guard try !hasFailed else { throw Self.hasIgnoredError }
            try execute("RELEASE SAVEPOINT nexenv")
            return value
        } catch {
            rollBack("ROLLBACK TO SAVEPOINT nexenv; RELEASE SAVEPOINT nexenv")
            throw error
        }
    }

    private static var hasIgnoredError: PostgresError {
        PostgresError(.transactionAborted, "COMMIT rolled back: a statement before it had failed.")
    }

    /// Whether a transaction was begun and isn't over, be it that a statement in it has failed.
    private var isInTransaction: Bool {
        get throws(PostgresError) { [PQTRANS_INTRANS, PQTRANS_INERROR].contains(try status) }
    }

    private var hasFailed: Bool {
        get throws(PostgresError) { try status == PQTRANS_INERROR }
    }

    private var status: PGTransactionStatusType {
        get throws(PostgresError) {
            let pointer = try pointer()
            return PQtransactionStatus(pointer)
        }
    }

    /// Rolls back, also in a cancelled task; a connection that can't isn't kept.
    ///
    /// Throws nothing: a failing clean-up must not hide the first error.
    private func rollBack(_ statement: String) {
        let isRolledBack = shielded(atMost: .seconds(5)) { (try? execute(statement)) != nil }
        if !isRolledBack { close() }
    }

    /// Sends with a function of libpq, and returns the last result.
    private func run(_ send: (OpaquePointer) -> CInt) throws(PostgresError) -> PostgresResult? {
        try exchange { pointer throws(PostgresError) in
            try checkCancellation()
            guard send(pointer) == 1 else { throw lost(pointer) }
            try flush(pointer)
            var last: PostgresResult?
            try finish(pointer) { last = $0 }
            return last
        }
    }

    /// Refuses text that C would cut short.
    func check(_ texts: some Sequence<String>) throws(PostgresError) {
        for text in texts where text.utf8.contains(0) {
            throw PostgresError(.invalidArgument, "Text can't hold a NUL character.")
        }
    }
}
