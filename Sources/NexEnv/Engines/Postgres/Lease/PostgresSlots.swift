import Foundation
import PostgresClient

/// Copies of a template database, which are brought back by undoing what a test has written.
///
/// What it has written is read from the server's own counters of rows that were inserted, updated and deleted, which are set to
/// zero whenever a copy is clean (PostgreSQL, "The Cumulative Statistics System"; catalogs have them too, so that they tell of
/// DDL as well). Only tables that have such rows are restored. Whatever can't be undone so, or isn't understood, has the copy
/// made anew.
struct PostgresSlots: SlotKeeper {
    let source: LeaseSource
    let folder: String
    /// A test that only reads what its copy has never needs it.
    private let template: Late<PostgresTemplate>
    private let administrators = PostgresAdministrators()

    /// With more rows than this that were deleted and still take their place, a copy is made anew.
    private static let deadRowsAtMost = 5_000

    init(_ source: LeaseSource, folder: String) {
        self.source = source
        self.folder = folder
        template = Late { try PostgresTemplate.read(folder) }
    }

    func address(of slot: Int) -> DatabaseAddress {
        DatabaseAddress(
            scheme: "postgresql",
            endpoint: source.endpoint,
            user: source.user,
            password: source.password,
            database: name(slot)
        )
    }

    var keepsSessions: Bool { PostgresTemplate.sessionsStay(folder) }

    private func name(_ slot: Int) -> String { LeaseName(digest: source.digest, slot: slot).text }

    /// What is remembered of a clean copy: the first transaction that may change it, the life of its counters, and how many dead
    /// rows it has, which is added to what the server says.
    private static let note = "pg_snapshot_xmax(pg_current_snapshot()) || '|' || \(PostgresChanges.counters(of: "oid"))"

    // MARK: - Making one

    func make(_ slot: Int) async throws -> SlotState {
        try await PostgresConnection.withConnection(to: login(Postgres.maintenanceDatabase)) { admin in
            try await make(slot, admin)
        }
    }

    private func make(_ slot: Int, _ admin: PostgresConnection) async throws -> SlotState {
        let name = name(slot)
        let quoted = try PostgresIdentifier.quoted(name)
        let model = try PostgresIdentifier.quoted(LeaseName(digest: source.digest).text)
        let template = try template.get()
        let owner = try PostgresIdentifier.quoted(template.owner)
        let create = "CREATE DATABASE \(quoted) TEMPLATE \(model) OWNER \(owner) \(template.strategy)"
        try await drop(name, admin)
        do {
            try await admin.query(create)
        } catch {
            guard ["42P04", "23505"].contains(error.sqlState) else { throw error }
            // The server was still making it for somebody who was killed meanwhile.
            try await drop(name, admin)
            try await admin.query(create)
        }
        let setUp = try template.setUp(name)
        if !setUp.isEmpty { _ = try await admin.execute(setUp) }
        if let sql = template.pausing {
            try await PostgresConnection.withConnection(to: login(name)) { _ = try await $0.query(sql) }
        }
        let now = "SELECT \(Self.note) FROM pg_database WHERE datname = \(try PostgresIdentifier.literal(name))"
        return SlotState(note: try await admin.query(now)[0].string(0) + "|0")
    }

    /// Drops a copy when the last session has left it: while one is leaving, `DROP DATABASE` sleeps for 100 ms.
    private func drop(_ name: String, _ admin: PostgresConnection) async throws {
        let sessions = "FROM pg_stat_activity WHERE datname = \(try PostgresIdentifier.literal(name))"
        try await admin.query("SELECT pg_terminate_backend(pid) \(sessions)")
        for _ in 0..<500 {
            if try await admin.query("SELECT \(sessions)").isEmpty { break }
            try await Task.sleep(for: .milliseconds(2))
        }
        try await admin.query("DROP DATABASE IF EXISTS \(PostgresIdentifier.quoted(name)) WITH (FORCE)")
    }

    // MARK: - Bringing one back

    func clean(_ slot: Int, _ state: SlotState) async throws -> Cleaning {
        var cleaning = Cleaning(state)
        do {
            let isClean = try await administrators.withConnection(to: login(name(slot))) { admin in
                let changes = try await readAlone(admin, &cleaning.leaks)
                guard let note = try await undo(changes, since: state.note, admin, &cleaning.leaks) else {
                    return false
                }
                cleaning.state.note = note
                return true
            }
            if isClean { return cleaning }
        } catch let error as PostgresError where [.server, .unknownDatabase].contains(error.code) {
            // Something forbids to bring it back, or whoever was about to make it anew was killed.
        }
        cleaning.state = try await make(slot)
        cleaning.isMade = true
        return cleaning
    }

    /// How long sessions that a test has closed may take to end, on a busy machine.
    private static let patience = Duration.seconds(1)

    /// Waits until the test's sessions have left, and ends those that don't; then nobody writes any more.
    ///
    /// - Parameter leaks: Gets what was left behind.
    private func readAlone(_ admin: PostgresConnection, _ leaks: inout [String]) async throws -> PostgresChanges {
        while true {
            var changes = try await PostgresChanges.read(admin)
            if !changes.sessions.isEmpty {
                if try await haveLeft(admin, within: Self.patience) { continue }
                leaks += try await PostgresChanges.read(admin).sessions.map(\.description)
                try await PostgresChanges.end("true", admin)
                if try await haveLeft(admin, within: .seconds(10)) { continue }
                // Whatever they still write, it goes with the copy.
                changes.isBeyondRows = true
                return changes
            }
            guard !changes.prepared.isEmpty else {
                if changes.hasOtherAdministrators {
                    try await PostgresChanges.end(PostgresAdministrators.condition, admin)
                }
                // DDL may have made what a session keeps more by.
                if changes.keptSessions > 1 || changes.keptSessions > 0 && changes.hasCatalogChanges {
                    let spared = changes.hasCatalogChanges ? 0 : 1
                    try await PostgresChanges.end(PostgresSessions.condition, sparing: spared, admin)
                }
                return changes
            }
            for name in changes.prepared {
                leaks.append("a prepared transaction (`\(name)`)")
                try await admin.query("ROLLBACK PREPARED \(PostgresIdentifier.literal(name))")
            }
            // What it had counted is lost with it, and was never there.
        }
    }

    /// Waits until nobody is in the copy any more but sessions that stay.
    private func haveLeft(_ admin: PostgresConnection, within patience: Duration) async throws -> Bool {
        let start = ContinuousClock.now
        var pause = Duration.milliseconds(1)
        repeat {
            try await Task.sleep(for: pause)
            pause = min(pause * 3 / 2, .milliseconds(8))
            if try await !PostgresChanges.hasSessions(admin) { return true }
        } while ContinuousClock.now - start < patience
        return false
    }

    /// Undoes what was written since the copy was clean.
    ///
    /// - Parameters:
    ///   - note: What was remembered of it then.
    ///   - leaks: Gets what is found that outlives the copy.
    /// - Returns: What is to be remembered of the copy; nothing when it has to be made anew.
    private func undo(
        _ changes: PostgresChanges,
        since note: String,
        _ admin: PostgresConnection,
        _ leaks: inout [String]
    ) async throws -> String? {
        let known = note.split(separator: "|").map(String.init)
        guard known.count == 3, let base = UInt64(known[0]), let deadRows = Int(known[2]),
            deadRows < Self.deadRowsAtMost
        else { return nil }
        var changes = changes
        let template = try template.get()
        for role in try await PostgresRoles(source, folder: folder).unknown(changes.newestRole, admin) {
            leaks.append("the role `\(role)` (if no test beside it has made it)")
        }
        // The counters may be lost with the server.
        guard changes.counters == known[1], changes.properties == template.properties else { return nil }
        if changes.isEmpty { return note }
        if changes.hasCatalogChanges {
            if let sql = template.tablesOfRows {
                let dropped = try await dropTables(sql, notIn: template, admin)
                changes.tables.removeAll { dropped.contains($0.table) }
            }
            guard try await PostgresTemplate.fingerprint(admin) == template.fingerprint else { return nil }
            try await changes.addRewritten(since: base, admin)
        }
        guard let undoing = try template.restoring(changes, since: base, folder) else { return nil }
        // Our own writes are counted when the transaction is over; the next one starts with all counters at zero.
        let begin = "SET LOCAL session_replication_role = replica; SET LOCAL search_path = '';"
        let script = begin + undoing.statements.joined(separator: ";") + ";SELECT pg_stat_force_next_flush()"
        if undoing.copies.isEmpty {
            try await admin.execute("BEGIN;\(script);COMMIT")
        } else {
            try await admin.transaction { session in
                try session.execute(script)
                for copy in undoing.copies { try session.copyIn(copy.statement, from: FileChunks(copy.path)) }
            }
        }
        let reset = "SELECT pg_stat_reset(), \(Self.note) FROM pg_database WHERE datname = current_database()"
        return try await admin.query(reset)[0].string(1) + "|\(deadRows + undoing.deadRows)"
    }

    /// Drops the tables that rows of a test have made.
    ///
    /// - Returns: Their numbers.
    private func dropTables(_ query: String, notIn template: PostgresTemplate, _ admin: PostgresConnection) async throws
        -> Set<String>
    {
        let known = "{\(template.tables.keys.joined(separator: ","))}"
        let new = try await admin.query(query, [PostgresValue(known)])
        let names = try new.map { try $0.string(1) }
        if !names.isEmpty { try await admin.query("DROP TABLE \(names.joined(separator: ", "))") }
        return Set(try new.map { try $0.string(0) })
    }

    private func login(_ database: String) -> PostgresConfiguration {
        var login = PostgresConfiguration(
            host: source.endpoint.host,
            port: source.endpoint.port,
            user: source.administrator,
            password: source.administratorPassword,
            database: database
        )
        login.applicationName = PostgresAdministrators.name
        return login
    }
}

/// A file's bytes, piece by piece.
private struct FileChunks: Sequence, IteratorProtocol {
    private let file: FileHandle?

    init(_ path: String) { file = FileHandle(forReadingAtPath: path) }

    mutating func next() -> [UInt8]? {
        guard let data = try? file?.read(upToCount: 1 << 16), !data.isEmpty else { return nil }
        return Array(data)
    }
}
