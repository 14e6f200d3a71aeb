/// One statement of a script: SQL, or a command of MongoDB.
package protocol ScriptStatement: Sendable {
    /// Where it starts.
    var position: SourcePosition { get }

    /// Its first words, for people.
    var summary: String { get }

    /// Adds what the statement says to a digest: comments and blanks don't count.
    func addTokens(to digest: inout SHA256Stream)
}

/// Statements to run in order: an init file, or one way of a migration.
package struct Script<Statement: ScriptStatement>: Sendable {
    /// Statements that belong together.
    package struct Step: Sendable {
        /// Whether a transaction holds as many of them as it can; else each is done when it is done.
        package var isTransaction: Bool
        package var statements: [Statement]

        package init(isTransaction: Bool = true, _ statements: [Statement]) {
            self.isTransaction = isTransaction
            self.statements = statements
        }
    }

    package var steps: [Step]

    package init(_ steps: [Step]) {
        self.steps = steps
    }

    package var statements: [Statement] { steps.flatMap(\.statements) }
    package var count: Int { steps.reduce(0) { $0 + $1.statements.count } }
    package var isEmpty: Bool { count == 0 }

    /// The digest of what the first statements say.
    package func tokens(ofFirst count: Int) -> String {
        var digest = SHA256Stream()
        for statement in statements.prefix(count) {
            statement.addTokens(to: &digest)
            digest.update([1])
        }
        return digest.hex
    }

    package var tokens: String { tokens(ofFirst: count) }

    /// Whether it still starts with what an entry says is done.
    package func starts(as entry: LedgerEntry) -> Bool {
        entry.statementsDone == 0 || tokens(ofFirst: entry.statementsDone) == entry.tokens
    }
}
