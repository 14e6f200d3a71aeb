import PostgresClient

/// Turns what the server said about a statement into a diagnostic at its place.
enum PostgresScriptError {
    /// Returns what to throw for a statement that failed.
    ///
    /// - Parameter isCommit: Whether it was the end of the transaction that failed, of which the statement was the last.
    static func thrown(_ error: PostgresError, at statement: SQLStatement, isCommit: Bool = false) -> any Error {
        switch error.code {
        case .cancelled: return CancellationError()
        case .connectionLost, .closed, .timedOut: return lost(error, statement, isCommit)
        default: break
        }
        var message = isCommit ? "the end of the transaction failed: \(error.message)" : error.message
        if let detail = error.detail { message += " (\(detail))" }
        if let state = error.sqlState { message += ", SQLSTATE \(state)" }
        return diagnostics(message, place(error, statement, isCommit), hint: hint(error), inside(error, statement))
    }

    /// A ROLLBACK in the file itself.
    static func rollback(_ statement: SQLStatement) -> Diagnostics {
        diagnostics(
            "a ROLLBACK would undo the record of what ran",
            statement.position,
            hint: "leave it out: a file that fails is undone as a whole"
        )
    }

    /// Whether the server says that what a statement does has been done already.
    static func saysDone(_ error: PostgresError, _ statement: SQLStatement) -> Bool {
        let states: Set<String> =
            statement.words.first == "drop" ? ["42704", "42P01", "3D000"] : ["42P07", "42710", "42P04", "42P06"]
        return error.sqlState.map(states.contains) ?? false
    }

    private static func lost(_ error: PostgresError, _ statement: SQLStatement, _ isCommit: Bool) -> Diagnostics {
        let why = error.message.isEmpty ? "" : ": \(error.message)"
        let known = isCommit ? "; whether it was committed isn't known" : ""
        return Diagnostics(
            [
                Diagnostic(
                    .sql,
                    "the connection was lost while this ran\(known)\(why)",
                    at: statement.position,
                    hint: Turn.goesOn
                )
            ],
            exitStatus: .serviceFailed
        )
    }

    private static func hint(_ error: PostgresError) -> String? {
        switch error.sqlState {
        case "42501":
            "files of a database run as its owner; `RESET ROLE;` before the statement gives the superuser's rights"
        case "55P04": "begin another step before it with `-- nexenv:up`: a value is usable once its own step is done"
        case "25001": "put it into a step of its own behind `-- nexenv:up tx=off`"
        default: error.hint
        }
    }

    /// Where in the file the server saw the problem.
    private static func place(_ error: PostgresError, _ statement: SQLStatement, _ isCommit: Bool) -> SourcePosition {
        if isCommit { return statement.position }
        if let offset = error.position { return statement.position(ofCharacter: offset) }
        guard var position = statement.copyPosition, let line = copyLine(error) else { return statement.position }
        position.line += line - 1
        return position
    }

    /// The line of the data at which COPY failed: `COPY item, line 3, column price: "x"`; our log-in asks for it in English.
    private static func copyLine(_ error: PostgresError) -> Int? {
        guard let context = error.context, context.hasPrefix("COPY "), let mark = context.firstRange(of: ", line ")
        else {
            return nil
        }
        return Int(context[mark.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }

    /// Where inside functions it happened, which no place in the file shows.
    private static func inside(_ error: PostgresError, _ statement: SQLStatement) -> [Diagnostic.Related] {
        guard let context = error.context, statement.copyData == nil else { return [] }
        return [Diagnostic.Related(context, at: statement.position)]
    }

    private static func diagnostics(
        _ message: String,
        _ position: SourcePosition,
        hint: String?,
        _ related: [Diagnostic.Related] = []
    ) -> Diagnostics {
        Diagnostics([Diagnostic(.sql, message, at: position, hint: hint, related: related)], exitStatus: .dataError)
    }
}
