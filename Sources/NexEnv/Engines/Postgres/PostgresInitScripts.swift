import PostgresClient
import Synchronization

/// What scripts say by `RAISE NOTICE`, and what the server warns of.
final class ScriptNotices: Sendable {
    private let messages = Mutex<[String]>([])

    var all: [String] { messages.withLock { $0 } }

    func add(_ notice: PostgresNotice) { messages.withLock { $0.append(notice.message) } }
}

extension PostgresNotice {
    /// Whether a script says it, and not the server itself, such as "already exists, skipping": those have a SQLSTATE.
    var isScripts: Bool { severity == "WARNING" || (sqlState ?? "00000") == "00000" }
}

/// Init files: SQL that runs once in a database's life.
struct PostgresInitScripts {
    let files: [ResourcePath]

    /// The role that objects shall belong to; nothing for the superuser.
    let owner: String?

    /// How long to wait for another session that works on the database.
    let lockTimeout: Duration

    /// Whether what acts on the server as a whole is left out.
    var isStandIn = false

    /// Runs what the ledger doesn't have.
    ///
    /// - Throws: ``Diagnostics`` with the place of the statement that failed.
    func run(on connection: PostgresConnection, _ progress: ProvisionProgress) async throws -> [String] {
        guard !files.isEmpty else { return [] }
        try await PostgresTurn.take(connection, timeout: lockTimeout, onWait: progress.report)
        let ledger = try await PostgresLedger.read(connection)
        try await PostgresLedger.prepare(connection)
        var changes: [String] = []
        for path in files {
            let known = ledger.entry(.initFile, path.written)
            if known?.isComplete == true { continue }
            progress.report(path.written)
            let file = try SourceFile.read(path.path)
            let statements = try SQLSplitter.split(file)
            let script = Script([.init(isStandIn ? statements.filter { !$0.isServerWide } : statements)])
            var entry = known ?? LedgerEntry(.initFile, path.written, checksum: "")
            entry.checksum = SHA256Digest.hex(of: file.text)
            try check(known, script, path, checksum: entry.checksum)
            let runner = PostgresScriptRunner(connection: connection, owner: owner) { entry, session in
                try PostgresLedger.write(entry, on: session)
            }
            try await runner.run(script, from: entry)
            changes.append("\(path.written) applied")
        }
        return changes
    }

    /// Refuses a file that was changed in what has run of it.
    private func check(
        _ entry: LedgerEntry?,
        _ script: Script<SQLStatement>,
        _ path: ResourcePath,
        checksum: String
    ) throws {
        guard let entry, entry.checksum != checksum, !script.starts(as: entry) else { return }
        throw Diagnostics(
            [
                Diagnostic(
                    .sql,
                    "`\(path.written)` was changed in what had run already: \(entry.statementsDone) of its statements",
                    at: path.position,
                    hint: "put the old text back, or start over with `nexenv down --volumes` and `nexenv up`"
                )
            ],
            exitStatus: .dataError
        )
    }
}
