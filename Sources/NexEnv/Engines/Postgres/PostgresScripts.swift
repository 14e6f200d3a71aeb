import PostgresClient
import Synchronization

/// What scripts say by `RAISE NOTICE`, and what the server warns of.
final class ScriptNotices: Sendable {
    private let messages = Mutex<[String]>([])

    var all: [String] { messages.withLock { $0 } }

    /// Keeps a message unless it is the server's own remark, such as "already exists, skipping": those have a SQLSTATE.
    func add(_ notice: PostgresNotice) {
        guard notice.severity == "WARNING" || (notice.sqlState ?? "00000") == "00000" else { return }
        messages.withLock { $0.append(notice.message) }
    }
}

/// Runs SQL files once each, so that a run that was killed goes on where it stopped.
///
/// Statements that a transaction can hold are held by one, together with the note of what was done; a file of only such
/// statements is applied whole or not at all. A statement that PostgreSQL refuses inside a transaction runs alone, with a note
/// before and after it.
struct PostgresScripts {
    let files: [ResourcePath]

    /// The role that objects shall belong to; nothing for the superuser.
    let owner: String?

    /// Runs what the ledger doesn't have.
    ///
    /// - Throws: ``Diagnostics`` with the place of the statement that failed.
    func run(on connection: PostgresConnection, _ progress: ProvisionProgress) async throws -> [String] {
        guard !files.isEmpty else { return [] }
        try await takeTurn(connection, progress)
        let ledger = try await PostgresLedger.read(connection)
        if !ledger.exists { try await connection.execute(PostgresLedger.definition) }
        var changes: [String] = []
        for path in files {
            let entry = ledger.entry(.initFile, path.written)
            if entry?.isComplete == true { continue }
            progress.report(path.written)
            let file = try SourceFile.read(path.path)
            let statements = try SQLSplitter.split(file)
            let checksum = SHA256Digest.hex(of: file.text)
            if let entry, entry.checksum != checksum {
                throw Diagnostics(
                    [
                        Diagnostic(
                            .sql,
                            "`\(path.written)` was changed after \(entry.statementsDone) of its statements had run",
                            at: path.position,
                            hint: "put the old text back, or start over with `nexenv down --volumes` and `nexenv up`"
                        )
                    ],
                    exitStatus: .dataError
                )
            }
            let base = PostgresLedger.Entry(
                kind: PostgresLedger.Kind.initFile.rawValue,
                name: path.written,
                checksum: checksum,
                statementsDone: entry?.statementsDone ?? 0,
                isInFlight: entry?.isInFlight ?? false,
                isComplete: false
            )
            try await run(statements, from: base, on: connection)
            changes.append("\(path.written) applied")
        }
        return changes
    }

    /// Waits until no other session runs scripts in this database.
    ///
    /// The server goes on with the statement of a client that was killed, and then ends its session: what that statement did
    /// has to be in the ledger, or undone, before anybody reads it. Asked again and again and not waited for, since a session
    /// that waits would hold up the `CREATE INDEX CONCURRENTLY` that it waits for (PostgreSQL, "Building Indexes Concurrently").
    private func takeTurn(_ connection: PostgresConnection, _ progress: ProvisionProgress) async throws {
        while try await !connection.query("SELECT pg_try_advisory_lock(\(Self.lockKey))")[0].bool(0) {
            progress.report("waiting for another session that runs scripts")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The key of the advisory lock, which the session holds to its end: "nexenv" in ASCII.
    private static let lockKey = 0x6e65_7865_6e76

    private func run(
        _ statements: [SQLStatement],
        from start: PostgresLedger.Entry,
        on connection: PostgresConnection
    ) async throws {
        var entry = start
        if let owner { try await connection.query("SET ROLE \(PostgresIdentifier.quoted(owner))") }
        repeat {
            let rest = statements[min(entry.statementsDone, statements.count)...]
            let group = rest.prefix { $0.kind != .standalone }
            if group.isEmpty, let statement = rest.first {
                try await runAlone(statement, &entry, isLast: rest.count == 1, on: connection)
            } else {
                entry.statementsDone += group.count
                entry.isInFlight = false
                entry.isComplete = group.count == rest.count
                try await runTogether(Array(group), entry, on: connection)
            }
        } while !entry.isComplete
        if owner != nil { try await connection.query("RESET ROLE") }
    }

    private func runTogether(
        _ statements: [SQLStatement],
        _ entry: PostgresLedger.Entry,
        on connection: PostgresConnection
    ) async throws {
        try await connection.transaction { session in
            for statement in statements {
                switch statement.kind {
                // The file's own BEGIN and COMMIT are ours here: the whole group is one transaction.
                case .blockBoundary: continue
                case .rollback:
                    throw Self.diagnostics(
                        "a ROLLBACK would undo the record of what ran",
                        statement.position,
                        hint: "leave it out: a file that fails is undone as a whole"
                    )
                default: try Self.run(statement, on: session)
                }
            }
            try Self.asSuperuser(session) { try PostgresLedger.write(entry, on: session) }
        }
    }

    private func runAlone(
        _ statement: SQLStatement,
        _ entry: inout PostgresLedger.Entry,
        isLast: Bool,
        on connection: PostgresConnection
    ) async throws {
        let wasInFlight = entry.isInFlight
        entry.isInFlight = true
        let begun = entry
        try await connection.transaction { session in
            try Self.asSuperuser(session) { try PostgresLedger.write(begun, on: session) }
        }
        do {
            _ = try await connection.execute(statement.text)
        } catch {
            // Killed between the statement and its note: that it exists already means that it was done.
            guard wasInFlight, ["42P07", "42710", "42P04", "42P06"].contains(error.sqlState ?? "") else {
                throw Self.diagnostics(error, statement)
            }
            try await repairIndexes(connection)
        }
        entry.statementsDone += 1
        entry.isInFlight = false
        entry.isComplete = isLast
        let done = entry
        try await connection.transaction { session in
            try Self.asSuperuser(session) { try PostgresLedger.write(done, on: session) }
        }
    }

    /// Finishes the indexes that a server which was killed left invalid; nobody else makes any while the lock is held.
    private func repairIndexes(_ connection: PostgresConnection) async throws {
        let invalid = """
            SELECT format('REINDEX INDEX CONCURRENTLY %s', indexrelid::regclass) FROM pg_index
             WHERE NOT indisvalid AND pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = indexrelid)) = current_user
            """
        for row in try await connection.query(invalid) { try await connection.execute(row.string(0)) }
    }

    private static func run(_ statement: SQLStatement, on session: PostgresSession) throws {
        do {
            if let data = statement.copyData {
                _ = try session.copyIn(statement.text, from: [Array(data.utf8)])
            } else {
                _ = try session.execute(statement.text)
            }
        } catch {
            throw diagnostics(error, statement)
        }
    }

    /// Runs a body with the superuser's rights, whatever role the script has taken, and gives it the role back.
    private static func asSuperuser(_ session: PostgresSession, _ body: () throws -> Void) throws {
        let role = try session.query("SELECT current_setting('role')")[0].string(0)
        if role != "none" { _ = try session.execute("RESET ROLE") }
        try body()
        if role != "none" { _ = try session.execute("SET ROLE \(PostgresIdentifier.quoted(role))") }
    }

    // MARK: - Errors

    static func diagnostics(_ error: PostgresError, _ statement: SQLStatement) -> Diagnostics {
        var position = statement.position
        if let offset = error.position { position = statement.position(ofCharacter: offset) }
        var message = error.message
        if let detail = error.detail { message += " (\(detail))" }
        if let state = error.sqlState { message += ", SQLSTATE \(state)" }
        var hint = error.hint
        if error.sqlState == "42501" {
            hint =
                "init files of a database run as its owner; `RESET ROLE;` before the statement gives the superuser's rights"
        }
        return diagnostics(message, position, hint: hint)
    }

    private static func diagnostics(_ message: String, _ position: SourcePosition, hint: String?) -> Diagnostics {
        Diagnostics([Diagnostic(.sql, message, at: position, hint: hint)], exitStatus: .dataError)
    }
}
