#if MongoDB
import MongoClient
import Synchronization

/// One process of ours at a time migrates a database: a document in `nexenv.lock` says which, and until when.
///
/// The server knows nothing of a client that was killed, so the lock is leased and renewed. Who holds it is named by machine and
/// process: where that process is gone, the next one on the same machine needn't wait for the lease to end. What the server still
/// does for the one that is gone is ended first.
final class MongoTurn: Sendable {
    private struct State {
        var renewal: Task<Void, Never>?
        var isLost = false
    }

    static let collection = "nexenv.lock"
    private static let lease = 15_000

    /// How to log in to work by this lock: the server shows its name with all that it does for us.
    let login: MongoConfiguration

    private let database: String
    private let purpose: String
    private let id: BSONValue
    private let token: String
    private let state = Mutex(State())

    /// - Parameter subject: What the lock is for; two that differ don't stand in each other's way.
    init(_ database: String, _ login: MongoConfiguration, purpose: String, of subject: String = "migration") {
        self.database = database
        self.purpose = purpose
        id = .string(subject)
        token = "\(UInt64.random(in: 0...UInt64.max))"
        var login = login
        login.appName = Self.name(purpose, token)
        self.login = login
    }

    /// Whether somebody else has taken the lock, since we were silent for too long.
    var isLost: Bool { state.withLock { $0.isLost } }

    /// Takes the lock.
    ///
    /// - Returns: Who has it, when somebody else has.
    func tryTake(_ connection: MongoConnection) async throws -> LockHolder? {
        guard state.withLock({ $0.renewal == nil }) else { return nil }
        let old = try await read(connection)
        if let old, old["isOver"]?.bool != true, !Self.isDead(old) { return Self.holder(old) }
        if let old, try await endWork(of: old, connection) { return Self.holder(old) }
        guard try await take(connection, from: old?["token"]?.string) else {
            return try await read(connection).map(Self.holder)
        }
        let renewal = Task { await renew() }
        state.withLock { $0.renewal = renewal }
        return nil
    }

    /// Whether anybody has, or had, the lock.
    func isWritten(_ connection: MongoConnection) async throws -> Bool { try await read(connection) != nil }

    /// Says what is being done, for those who wait.
    func note(_ work: String, _ connection: MongoConnection) async throws {
        try await update(connection, ["_id": id, "token": .string(token)], ["$set": ["work": .string(work)]])
    }

    /// Gives the lock back.
    func release(_ connection: MongoConnection) async {
        state.withLock { $0.renewal }?.cancel()
        let delete: BSONDocument = ["q": ["_id": id, "token": .string(token)], "limit": 1]
        _ = try? await connection.run(
            ["delete": .string(Self.collection), "deletes": [.document(delete)]],
            in: database
        )
    }

    // MARK: - The document

    /// Reads who has the lock; `isOver` tells whether the lease is, by the server's clock.
    private func read(_ connection: MongoConnection) async throws -> BSONDocument? {
        let mine: BSONDocument = ["$match": ["_id": id]]
        let stage: BSONDocument = ["$addFields": ["isOver": ["$lte": ["$expires", "$$NOW"]]]]
        let command: BSONDocument = [
            "aggregate": .string(Self.collection), "pipeline": [.document(mine), .document(stage)], "cursor": [:],
        ]
        let reply = try await connection.run(command, in: database)
        return reply["cursor"]?.document?["firstBatch"]?.array?.first?.document
    }

    /// Writes ourselves as who has it, where it still has that token, or nobody has it.
    private func take(_ connection: MongoConnection, from old: String?) async throws -> Bool {
        let process = ProcessIdentity.own
        let session = try await connection.transactionID()
        let fields: BSONDocument = [
            "token": .string(token), "user": .string(RunningUser.description), "pid": .int64(Int64(process.pid)),
            "start": .string("\(process.startTime)"), "host": .string(HostIdentity.current),
            "purpose": .string(purpose), "work": "", "session": .document(session), "since": "$$NOW",
            "expires": ["$add": ["$$NOW", .int64(Int64(Self.lease))]],
        ]
        // What is text stays text: a field's value that begins with a dollar sign would be taken for an expression.
        let literal = try fields.mapValues { key, value in
            ["since", "expires"].contains(key) ? value : ["$literal": value]
        }
        let filter: BSONDocument = ["_id": id, "token": old.map { .string($0) } ?? ["$exists": false]]
        do {
            let change: BSONValue = [["$set": .document(literal)]]
            return try await update(connection, filter, change, upserts: old == nil) > 0
        } catch let error as MongoError where error.serverCode == 11_000 {
            return false
        }
    }

    @discardableResult
    private func update(
        _ connection: MongoConnection,
        _ filter: BSONDocument,
        _ change: BSONValue,
        upserts: Bool = false
    ) async throws -> Int {
        let update: BSONDocument = ["q": .document(filter), "u": change, "upsert": .bool(upserts)]
        let command: BSONDocument = ["update": .string(Self.collection), "updates": [.document(update)]]
        let reply = try await connection.run(command, in: database)
        if let problem = reply["writeErrors"]?.array?.first?.document {
            var error = MongoError(.server, problem["errmsg"]?.string ?? "the lock can't be written")
            error.serverCode = problem["code"]?.int
            throw error
        }
        return reply["n"]?.int ?? 0
    }

    private static func name(_ purpose: String, _ token: String) -> String { "\(purpose) \(token)" }

    /// Ends what the server still does for somebody who is gone.
    ///
    /// An index goes on being built: who asks for it again waits for it.
    ///
    /// - Returns: Whether there was anything, which may take a moment to end.
    private func endWork(of old: BSONDocument, _ connection: MongoConnection) async throws -> Bool {
        let name = Self.name(old["purpose"]?.string ?? "", old["token"]?.string ?? "")
        let command: BSONDocument = [
            "currentOp": 1, "appName": .string(name), "command.createIndexes": ["$exists": false],
        ]
        // A transaction that was open when its client was killed holds on to all that it has written.
        if let session = old["session"]?.document {
            try await connection.run(["killSessions": [.document(session)]], in: "admin")
        }
        // Open sessions that do nothing are listed too, without a number.
        let listed = try await connection.run(command, in: "admin")["inprog"]?.array ?? []
        let operations = listed.compactMap { $0.document?["opid"] }
        for operation in operations {
            try await connection.run(["killOp": 1, "op": operation], in: "admin")
        }
        return !operations.isEmpty
    }

    /// Renews the lease until it is cancelled, by a log-in of its own: the other one may wait for an index for hours.
    private func renew() async {
        let filter: BSONDocument = ["_id": id, "token": .string(token)]
        let change: BSONValue = [["$set": ["expires": ["$add": ["$$NOW", .int64(Int64(Self.lease))]]]]]
        while (try? await Task.sleep(for: .milliseconds(Self.lease / 3))) != nil {
            let count = try? await MongoConnection.withConnection(to: login) { connection in
                try await update(connection, filter, change)
            }
            if count == 0, !Task.isCancelled { return state.withLock { $0.isLost = true } }
        }
    }

    // MARK: - Who has it

    /// Whether whoever has it ran on this machine, and doesn't run any more.
    private static func isDead(_ document: BSONDocument) -> Bool {
        guard document["host"]?.string == HostIdentity.current, let pid = document["pid"]?.int,
            let start = document["start"]?.string.flatMap({ UInt64($0) })
        else { return false }
        return !ProcessIdentity(pid: Int32(truncatingIfNeeded: pid), startTime: start).isRunning
    }

    private static func holder(_ document: BSONDocument) -> LockHolder {
        let user = document["user"]?.string ?? "somebody"
        let pid = document["pid"]?.int ?? 0
        var holder = LockHolder(name: "\(document["purpose"]?.string ?? "nexenv") (\(user), pid \(pid))")
        if case .date(let milliseconds) = document["since"] { holder.since = Double(milliseconds) / 1_000 }
        holder.work = document["work"]?.string
        holder.hint = "wait for it, or end that process; its lock ends \(lease / 1_000) seconds after it"
        return holder
    }
}

extension BSONDocument {
    /// Returns the document with other values under the same keys.
    fileprivate func mapValues(_ transform: (String, BSONValue) throws -> BSONValue) throws -> BSONDocument {
        var copy = BSONDocument()
        for (key, value) in self { try copy.append(transform(key, value), forKey: key) }
        return copy
    }
}
#endif
