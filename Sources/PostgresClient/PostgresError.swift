/// What went wrong while talking to PostgreSQL.
///
/// ``description`` may be pasted anywhere: it names the kind of failure, the SQLSTATE and the objects concerned, but nothing
/// that can hold data. ``debugDescription`` has everything the server said, which can include values out of rows; neither ever
/// holds a password.
public struct PostgresError: Error, Sendable {
    /// The kind of failure, for a program to branch on.
    public var code: Code
    /// The primary message, as the server, libpq or this library wrote it; it can quote data.
    public var message: String
    /// The five characters of the SQLSTATE, where the server sent one.
    public var sqlState: String?
    /// `ERROR`, `FATAL` or `PANIC`, where the server reported the failure.
    public var severity: String?
    /// The server's second sentence; it often quotes values, such as the key that exists already.
    public var detail: String?
    /// What the server suggests.
    public var hint: String?
    /// The place in the text that was sent: 1 is its first character, and characters are counted, not bytes.
    public var position: Int?
    /// The place in ``internalQuery``, counted like ``position``.
    public var internalPosition: Int?
    /// The statement that failed inside a function, where it isn't the one that was sent.
    public var internalQuery: String?
    /// Where in functions, or in the data of a COPY, the failure happened: one line per level, innermost first.
    public var context: String?
    /// The schema of the object concerned.
    public var schema: String?
    /// The table concerned.
    public var table: String?
    /// The column concerned.
    public var column: String?
    /// The constraint that was violated.
    public var constraint: String?

    /// Creates an error that has a code and a sentence.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func invalidConfiguration(_ message: String) -> Self {
        Self(.invalidConfiguration, message)
    }
}

extension PostgresError: CustomStringConvertible {
    /// The kind of failure and the names of the objects concerned, without anything that can hold data.
    public var description: String {
        var text = code.summary
        if let sqlState { text += " (SQLSTATE \(sqlState))" }
        if let position { text += " at character \(position)" }
        let names = [("table", qualifiedTable), ("column", column), ("constraint", constraint)]
        let known = names.compactMap { kind, name in name.map { "\(kind) \($0)" } }
        if !known.isEmpty { text += ": " + known.joined(separator: ", ") }
        return text
    }

    private var qualifiedTable: String? {
        table.map { table in schema.map { "\($0).\(table)" } ?? table }
    }
}

extension PostgresError: CustomDebugStringConvertible {
    /// Everything that is known, for logs that stay private.
    public var debugDescription: String {
        let lines: [(String, String?)] = [
            ("severity", severity), ("detail", detail), ("hint", hint), ("context", context),
            ("internal query", internalQuery), ("internal position", internalPosition.map(String.init)),
        ]
        let known = lines.compactMap { name, value in value.map { "\n\(name): \($0)" } }
        return "\(code): \(message) [\(description)]" + known.joined()
    }
}
