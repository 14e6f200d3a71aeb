#if MongoDB
import MongoClient

/// A log-in of the root user to one database, by which its migrations are run.
package struct MongoMigrationSession: MigrationSession {
    let connection: MongoConnection
    let database: String
    let turn: MongoTurn

    /// Whether the server can hold commands in transactions.
    let hasTransactions: Bool
    let report: @Sendable (MigrationEvent) -> Void

    private var ledger: MongoLedger { MongoLedger(database: database, connection: connection) }

    package func readLedger() async throws -> [LedgerEntry] { try await ledger.read() }
    package func readHistory() async throws -> [HistoryEntry] { try await ledger.history() }
    package func tryLock() async throws -> LockHolder? { try await turn.tryTake(connection) }
    package func prepareLedger() async throws { try await ledger.prepare() }

    package func restamp(_ entry: LedgerEntry, name: String, checksum: String) async throws {
        try await ledger.restamp(entry, name: name, checksum: checksum)
    }

    package func fingerprint() async throws -> SchemaFingerprint {
        try await MongoFingerprint.read(database, connection)
    }

    package func leftOut(of script: Script<MongoCommand>) -> [MongoCommand] { [] }

    package func run(
        _ migration: Migration<MongoCommand>,
        _ direction: MigrationDirection,
        from start: LedgerEntry
    ) async throws {
        let begun = ContinuousClock.now
        let script = migration.script(direction)
        var entry = start
        func note(_ entry: LedgerEntry) -> BSONDocument {
            guard entry.isComplete else { return MongoLedger.note(entry, migration.kind) }
            return MongoLedger.complete(entry, migration.kind, HistoryEntry(entry, direction, since: begun))
        }
        try await turn.note("\(migration.name) \(direction.rawValue)", connection)
        let commands = script.steps.flatMap { step in step.statements.map { ($0, step.isTransaction) } }
        for (index, (command, isTransaction)) in commands.enumerated().dropFirst(entry.statementsDone) {
            if turn.isLost { throw Self.lostTurn(database) }
            var next = entry
            next.statementsDone = index + 1
            next.tokens = script.tokens(ofFirst: next.statementsDone)
            next.isInFlight = false
            next.statement = nil
            next.isComplete = next.statementsDone == commands.count
            let run = MongoCommandRun(
                command: command,
                document: try command.sent(seed: "nexenv:\(migration.name):\(direction):\(index)", in: database),
                database: database,
                connection: connection
            )
            if isTransaction, hasTransactions, command.writesDocuments {
                try await run.inTransaction(with: note(next))
            } else {
                try await run.alone(entry, migration.kind, then: note(next))
            }
            entry = next
            report(.running(migration.name, direction, done: entry.statementsDone, of: commands.count))
        }
        guard !entry.isComplete else { return }
        // What was left to do has been taken out of the file.
        entry.isComplete = true
        try await connection.run(note(entry), in: database)
    }

    private static func lostTurn(_ database: String) -> NexEnvError {
        NexEnvError(
            .locked,
            "somebody else has begun to migrate it, since this run was silent for too long",
            database: database,
            hint: Turn.goesOn
        )
    }
}

/// One command, and the note of it.
struct MongoCommandRun: Sendable {
    let command: MongoCommand
    let document: BSONDocument
    let database: String
    let connection: MongoConnection

    /// Runs it in one transaction with the note that it is done.
    func inTransaction(with note: BSONDocument) async throws {
        var attempts = 5
        while true {
            do {
                try await connection.transaction { session in
                    try check(session.run(document, in: command.target(in: database)))
                    try session.run(note, in: database)
                }
                return
            } catch let error as MongoError {
                // Somebody else has written the same documents: nothing was done, and it may be tried again.
                attempts -= 1
                guard error.codeName == "WriteConflict", attempts > 0 else { throw diagnostics(error) }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Runs it with a note before and after it.
    func alone(_ entry: LedgerEntry, _ kind: LedgerEntry.Kind, then note: BSONDocument) async throws {
        let tokens = Script([.init([command])]).tokens
        var begun = entry
        begun.isInFlight = true
        begun.statement = tokens
        try await connection.run(MongoLedger.note(begun, kind), in: database)
        // It may have been done by a run that was killed before it could say so.
        let isRepeated = entry.isInFlight && entry.statement == tokens
        do {
            let sent = isRepeated ? try unordered : document
            let reply = try await connection.run(sent, in: command.target(in: database))
            do {
                try check(reply, isRepeated: isRepeated)
            } catch {
                try await takeOut(reply)
                throw error
            }
        } catch let error as MongoError {
            guard isRepeated, command.saysDone(error) else {
                try await forget(begun, kind, error.code)
                throw diagnostics(error)
            }
        } catch {
            try await forget(begun, kind, .server)
            throw error
        }
        try await connection.run(note, in: database)
    }

    /// Takes out again what an insert has inserted before one of its documents was refused.
    private func takeOut(_ reply: BSONDocument) async throws {
        guard command.name == "insert", let collection = document["insert"] else { return }
        let refused = (reply["writeErrors"]?.array ?? []).compactMap { $0.document?["index"]?.int }
        let isOrdered = document["ordered"]?.bool != false
        let ids = (document["documents"]?.array ?? []).enumerated().compactMap { index, value -> BSONValue? in
            let isInserted = isOrdered ? index < refused.min() ?? 0 : !refused.contains(index)
            return isInserted ? value.document?["_id"] : nil
        }
        guard !ids.isEmpty else { return }
        let delete: BSONDocument = ["q": ["_id": ["$in": .array(ids)]], "limit": 0]
        try await connection.run(["delete": collection, "deletes": [.document(delete)]], in: database)
    }

    /// Notes that a command that failed isn't on its way any more: the server has said what became of it.
    private func forget(_ entry: LedgerEntry, _ kind: LedgerEntry.Kind, _ code: MongoError.Code) async throws {
        guard code == .server else { return }
        var entry = entry
        entry.isInFlight = false
        try await connection.run(MongoLedger.note(entry, kind), in: database)
    }

    /// An insert that goes on behind what is there already.
    private var unordered: BSONDocument {
        get throws {
            guard command.name == "insert", document["ordered"] == nil else { return document }
            var copy = document
            try copy.append(false, forKey: "ordered")
            return copy
        }
    }

    // MARK: - Errors

    /// Looks for what a reply that is all right has inside that isn't.
    private func check(_ reply: BSONDocument, isRepeated: Bool = false) throws {
        let problems = (reply["writeErrors"]?.array ?? []).compactMap(\.document).filter { problem in
            let isOwn = problem["keyPattern"]?.document?.keys == ["_id"] && problem["code"]?.int == 11_000
            return !(isRepeated && command.name == "insert" && isOwn)
        }
        if let problem = problems.first {
            let message = problem["errmsg"]?.string ?? "the server refuses it"
            let details = problem["errInfo"]?.document?["details"]?.document?.extendedJSON(.relaxed)
            throw Self.diagnostics(
                "\(message), code \(problem["code"]?.int ?? 0)",
                command.position(of: problem["index"]?.int ?? 0),
                hint: details.map { $0.count > 400 ? "\($0.prefix(400))…" : $0 }
            )
        }
        if let problem = reply["writeConcernError"]?.document {
            throw Self.diagnostics(problem["errmsg"]?.string ?? "it isn't known to be kept", command.position)
        }
    }

    private func diagnostics(_ error: MongoError) -> any Error {
        switch error.code {
        case .cancelled: return CancellationError()
        case .connectionLost, .closed, .timedOut, .unreachable:
            let message = "the connection was lost while this ran"
            return Diagnostics(
                [Diagnostic(.database, message, at: command.position, hint: Turn.goesOn)],
                exitStatus: .serviceFailed
            )
        default:
            let code = error.serverCode.map { ", code \($0)" } ?? ""
            let name = error.codeName.map { " (\($0))" } ?? ""
            return Self.diagnostics("\(error.message)\(code)\(name)", command.position)
        }
    }

    private static func diagnostics(_ message: String, _ position: SourcePosition, hint: String? = nil) -> Diagnostics {
        Diagnostics([Diagnostic(.database, message, at: position, hint: hint)], exitStatus: .dataError)
    }
}
#endif
