import PostgresClient

/// Runs a script so that a run that was killed goes on where it stopped.
///
/// Statements that a transaction can hold are held by one, together with the note of what was done. A statement that
/// PostgreSQL refuses inside a transaction runs alone, with a note before and after it.
struct PostgresScriptRunner {
    let connection: PostgresConnection

    /// The role that objects shall belong to; nothing for the superuser.
    let owner: String?

    /// What is written when all is done, in the transaction of the last statement.
    let finish: @Sendable (LedgerEntry, PostgresSession) throws -> Void

    /// Told how many statements are done.
    var onProgress: @Sendable (Int) -> Void = { _ in }

    /// A statement and how it runs.
    private struct Part {
        var statement: SQLStatement
        /// Whether it runs alone, outside of a transaction.
        var isAlone: Bool
        /// Statements of one group are in one transaction.
        var group: Int
    }

    /// Runs what is left of a script.
    ///
    /// - Parameter start: What the ledger says of it.
    /// - Throws: ``Diagnostics`` with the place of the statement that failed.
    func run(_ script: Script<SQLStatement>, from start: LedgerEntry) async throws {
        let parts = Self.parts(script)
        var entry = start
        try await prepareSession()
        if let next = parts.dropFirst(entry.statementsDone).first?.statement, try await settle(next, entry) {
            entry = Self.advanced(entry, by: 1, of: script)
            try await write(entry)
        }
        try await takeUp(parts.prefix(entry.statementsDone).map(\.statement))
        while !entry.isComplete {
            let rest = parts.dropFirst(entry.statementsDone)
            if let first = rest.first, first.isAlone {
                try await runAlone(first.statement, &entry, of: script)
            } else {
                let group = rest.prefix { $0.group == rest.first?.group && !$0.isAlone }
                entry = Self.advanced(entry, by: group.count, of: script)
                try await runTogether(group.map(\.statement), entry)
            }
            onProgress(entry.statementsDone)
        }
        try await connection.execute("RESET SESSION AUTHORIZATION; RESET ROLE")
    }

    /// Gives the session the settings of a new one: what one file sets is not for the next.
    private func prepareSession() async throws {
        try await connection.execute("RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; DISCARD TEMP")
    }

    /// Takes the owner's role, and makes the settings that the statements which are done have made.
    private func takeUp(_ done: [SQLStatement]) async throws {
        if let owner { try await connection.query("SET ROLE \(PostgresIdentifier.quoted(owner))") }
        for statement in done where SQLKeywords.setsSession(statement.words) {
            do {
                try await connection.execute(statement.text)
            } catch {
                throw PostgresScriptError.thrown(error, at: statement)
            }
        }
    }

    /// The next entry after so many statements more.
    private static func advanced(
        _ entry: LedgerEntry,
        by count: Int,
        of script: Script<SQLStatement>
    ) -> LedgerEntry {
        var entry = entry
        entry.statementsDone += count
        entry.tokens = script.tokens(ofFirst: entry.statementsDone)
        entry.isInFlight = false
        entry.statement = nil
        entry.isComplete = entry.statementsDone >= script.count
        return entry
    }

    // MARK: - Grouping

    private static func parts(_ script: Script<SQLStatement>) -> [Part] {
        var parts: [Part] = []
        var group = 0
        for step in script.steps {
            group += 1
            var isInBlock = false
            for statement in step.statements {
                let mayCommit = statement.kind == .standalone || (!step.isTransaction && statement.words.first == "do")
                let isAlone = mayCommit && !isInBlock
                // Without a transaction of ours, each statement is one by itself; the file's own blocks stay whole.
                if isAlone || !(step.isTransaction || isInBlock) { group += 1 }
                parts.append(Part(statement: statement, isAlone: isAlone, group: group))
                if isAlone { group += 1 }
                if statement.kind == .blockBoundary { isInBlock = isBegin(statement) }
            }
        }
        return parts
    }

    private static func isBegin(_ statement: SQLStatement) -> Bool {
        statement.words.first == "begin" || statement.words.first == "start"
    }

    // MARK: - In a transaction

    private func runTogether(_ statements: [SQLStatement], _ entry: LedgerEntry) async throws {
        do {
            try await connection.transaction { session in
                for statement in statements {
                    switch statement.kind {
                    // The file's own BEGIN and COMMIT are ours here: the whole group is one transaction.
                    case .blockBoundary: continue
                    case .rollback: throw PostgresScriptError.rollback(statement)
                    default: try Self.run(statement, on: session)
                    }
                }
                try write(entry, on: session)
            }
        } catch let error as PostgresError {
            // What only the end of a transaction shows, such as a constraint that was deferred.
            throw statements.last.map { PostgresScriptError.thrown(error, at: $0, isCommit: true) } ?? error
        }
    }

    /// Runs one statement, the data of a COPY with it.
    ///
    /// - Throws: ``Diagnostics`` with the place of what failed.
    @discardableResult
    static func run(_ statement: SQLStatement, on session: PostgresSession) throws -> PostgresCommandResult {
        do {
            guard let data = statement.copyData else { return try session.execute(statement.text) }
            return try session.copyIn(statement.text, from: [Array(data.utf8)])
        } catch {
            throw PostgresScriptError.thrown(error, at: statement)
        }
    }

    // MARK: - Alone

    private func runAlone(
        _ statement: SQLStatement,
        _ entry: inout LedgerEntry,
        of script: Script<SQLStatement>
    ) async throws {
        let before = entry
        let index = PostgresIndexBuild(statement)
        let note = await PostgresStatementNote.make(for: statement, index, connection)
        entry.isInFlight = true
        entry.statement = note.text
        try await write(entry)
        do {
            try await connection.execute(statement.text)
        } catch {
            let isSame = before.statement.flatMap(PostgresStatementNote.init(text:))?.tokens == note.tokens
            // Killed between the statement and its note: what it says about what is there already means that it was done.
            guard before.isInFlight, isSame, PostgresScriptError.saysDone(error, statement) else {
                // The server has said what became of it; one that is gone has not.
                if error.code == .server {
                    entry.isInFlight = false
                    try? await write(entry)
                }
                throw PostgresScriptError.thrown(error, at: statement)
            }
        }
        try await index?.checkValid(note, connection)
        entry = Self.advanced(before, by: 1, of: script)
        try await write(entry)
    }

    /// Removes what an index build has left behind that failed or was killed.
    ///
    /// - Returns: Whether the next statement is that build, and has come to its end after all.
    private func settle(_ next: SQLStatement, _ entry: LedgerEntry) async throws -> Bool {
        guard let note = entry.statement.flatMap(PostgresStatementNote.init(text:)) else { return false }
        let isBuilt = try await PostgresIndexBuild.settle(note, connection)
        return isBuilt && entry.isInFlight && note.tokens == Script([.init([next])]).tokens
    }

    private func write(_ entry: LedgerEntry) async throws {
        try await connection.transaction { session in try write(entry, on: session) }
    }

    private func write(_ entry: LedgerEntry, on session: PostgresSession) throws {
        try Self.asSuperuser(session) {
            if entry.isComplete { try finish(entry, session) } else { try PostgresLedger.write(entry, on: session) }
        }
    }

    /// Runs a body with the superuser's rights, whatever role the script has taken, and gives it the role back.
    private static func asSuperuser(_ session: PostgresSession, _ body: () throws -> Void) throws {
        let row = try session.query("SELECT current_setting('role'), session_user")[0]
        let (role, user) = (try row.string(0), try row.string(1))
        try session.execute("RESET SESSION AUTHORIZATION; RESET ROLE")
        try body()
        var back = "SET SESSION AUTHORIZATION \(try PostgresIdentifier.quoted(user))"
        if role != "none" { back += "; SET ROLE \(try PostgresIdentifier.quoted(role))" }
        try session.execute(back)
    }
}
