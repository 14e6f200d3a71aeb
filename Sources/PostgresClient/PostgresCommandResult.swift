/// What the server says when a command is done.
public struct PostgresCommandResult: Sendable, Hashable {
    /// The server's summary, such as `INSERT 0 3` or `CREATE TABLE`; empty for a script without statements.
    public let tag: String
    /// How many rows the command touched; 0 for one that doesn't count.
    public let affectedRows: Int

    init(tag: String, affectedRows: Int) {
        self.tag = tag
        self.affectedRows = affectedRows
    }

    init(_ result: PostgresResult) {
        self.init(tag: result.commandTag, affectedRows: result.affectedRows)
    }
}
