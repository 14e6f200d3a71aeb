/// A query whose rows a set has; only a server can run it.
package struct SeedQuery: Sendable {
    package var statement: SQLStatement

    /// The sets that it reads as tables, each behind those that it needs itself.
    package var inputs: [Input]

    /// Another set as a query sees it.
    package struct Input: Sendable {
        package var name: String
        package var rows: SeedRows
        /// The server's names of its columns' types, as far as the set has a table; all others are text.
        package var types: [String: String]
    }
}

extension SeedQuery {
    /// Reads the one SELECT of a file.
    ///
    /// - Throws: ``Diagnostics`` for a file that has no statement, or more than one.
    static func statement(of file: ResourcePath) throws(Diagnostics) -> SQLStatement {
        let statements = try SQLSplitter.split(SourceFile.read(file.path))
        guard let statement = statements.first, statements.count == 1, statement.copyData == nil else {
            let message = "a query is one SELECT; here are \(statements.count) statements"
            let position = statements.dropFirst().first?.position ?? file.position
            throw Diagnostics([Diagnostic(.sql, message, at: position)], exitStatus: .dataError)
        }
        return statement
    }
}
