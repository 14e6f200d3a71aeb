#if MongoDB
import MongoClient

/// Copies of a template database, which keep their collections and indexes: only documents are put back.
///
/// Making and dropping collections is what takes long in MongoDB. Whether anything was written is read from the server's own
/// count of writes; what was, from its digests of the collections' documents (`dbHash`).
struct MongoSlots: SlotKeeper {
    private let source: LeaseSource
    private let template: Late<MongoTemplate>
    private let administrators = MongoAdministrators()

    init(_ source: LeaseSource, _ template: Late<MongoTemplate>) {
        self.source = source
        self.template = template
    }

    private func name(_ slot: Int) -> String { LeaseName(digest: source.digest, slot: slot).text }
    private var templateName: String { LeaseName(digest: source.digest).text }
    private var hasOwner: Bool { source.user != source.administrator }

    func address(of slot: Int) -> DatabaseAddress {
        DatabaseAddress(
            scheme: "mongodb",
            endpoint: source.endpoint,
            user: source.user,
            password: source.password,
            database: name(slot),
            query: "?authSource=\(hasOwner ? name(slot) : "admin")&directConnection=true"
        )
    }

    // MARK: - Making one

    func make(_ slot: Int) async throws -> SlotState {
        try await administrators.withConnection(to: configuration) { try await make(slot, $0) }
    }

    private func make(_ slot: Int, _ connection: MongoConnection) async throws -> SlotState {
        let name = name(slot)
        try await Self.drop(name, connection)
        let collections = try template.get().collections
        for collection in collections.filter({ !$0.isView }) + collections.filter(\.isView) {
            try await make(collection, in: name, connection)
        }
        if hasOwner {
            let command: BSONDocument = [
                "createUser": .string(source.user), "pwd": .string(source.password),
                "roles": [["role": "dbOwner", "db": .string(name)]],
            ]
            try await connection.run(command, in: name)
        }
        return SlotState(note: try await mark(of: name, connection))
    }

    private func make(_ collection: MongoTemplate.Collection, in database: String, _ connection: MongoConnection)
        async throws
    {
        var command: BSONDocument = ["create": .string(collection.name)]
        for (key, value) in try BSONDocument(extendedJSON: collection.options) {
            try command.append(value, forKey: key)
        }
        try await connection.run(command, in: database)
        guard !collection.isView else { return }
        let indexes = try collection.indexes.map { BSONValue.document(try BSONDocument(extendedJSON: $0)) }
        if indexes.count > 1 || collection.kind == "timeseries", !indexes.isEmpty {
            try await connection.run(
                ["createIndexes": .string(collection.name), "indexes": .array(indexes)],
                in: database
            )
        }
        try await fill(collection, in: database, connection)
    }

    /// Copies the template's documents into an empty collection.
    private func fill(_ collection: MongoTemplate.Collection, in database: String, _ connection: MongoConnection)
        async throws
    {
        if collection.kind == "timeseries" {
            var cursor = try await connection.find(collection.name, in: templateName)
            while let batch = try await cursor.nextBatch() {
                try await connection.insert(batch, into: collection.name, in: database)
            }
            return
        }
        let target: BSONDocument = ["db": .string(database), "coll": .string(collection.name)]
        let merge: BSONDocument = ["into": .document(target), "whenMatched": "fail", "whenNotMatched": "insert"]
        let command: BSONDocument = [
            "aggregate": .string(collection.name), "pipeline": [["$merge": .document(merge)]], "cursor": [:],
            "bypassDocumentValidation": true,
        ]
        try await connection.run(command, in: templateName)
    }

    static func drop(_ name: String, _ connection: MongoConnection) async throws {
        try await connection.run(["dropAllUsersFromDatabase": 1], in: name)
        try await connection.run(["dropAllRolesFromDatabase": 1], in: name)
        try await connection.run(["dropDatabase": 1], in: name)
    }

    // MARK: - Bringing one back

    func clean(_ slot: Int, _ state: SlotState) async throws -> Cleaning {
        var cleaning = Cleaning(state)
        try await administrators.withConnection(to: configuration) { connection in
            let name = name(slot)
            let left = try await endSessions(name, connection)
            cleaning.leaks = left.leaks
            let mark = try await mark(of: name, connection)
            if mark == state.note, !left.hasConnections { return }
            let isUndone = left.hasConnections ? false : try await undo(name, connection)
            guard isUndone else {
                cleaning.state = try await make(slot, connection)
                cleaning.isMade = true
                return
            }
            cleaning.state.note = try await self.mark(of: name, connection)
        }
        return cleaning
    }

    /// What is another one as soon as anything was written to a database: how often that was, and which collections those are
    /// whose writes are counted, since a collection's count goes with it.
    private func mark(of database: String, _ connection: MongoConnection) async throws -> String {
        let totals = try await connection.run(["top": 1], in: "admin")["totals"]?.document ?? [:]
        var sum = 0
        // A database's users and roles are kept with those of all others.
        let shared = ["admin.system.users", "admin.system.roles"]
        for (name, value) in totals where name.hasPrefix(database + ".") || shared.contains(name) {
            sum += value.document?["writeLock"]?.document?["count"]?.int ?? 0
        }
        let reply = try await connection.run(["listCollections": 1, "cursor": ["batchSize": 10_000]], in: database)
        let collections = (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document).map { entry in
            "\(entry["name"]?.string ?? "") \(entry["info"]?.document?.extendedJSON(.canonical) ?? "")"
        }
        let identity = SHA256Digest.hex(of: collections.sorted().joined(separator: "\n")).prefix(16)
        return "\(sum) \(identity)"
    }

    /// Puts back the documents of the collections in which they aren't the template's.
    ///
    /// - Returns: Whether that was enough; collections that aren't as they were are made anew with the whole database.
    private func undo(_ database: String, _ connection: MongoConnection) async throws -> Bool {
        let template = try template.get()
        guard try await MongoTemplate.collections(of: database, connection) == template.collections else {
            return false
        }
        let users = try await connection.run(["usersInfo": 1], in: database)["users"]?.array ?? []
        let roles = try await connection.run(["rolesInfo": 1], in: database)["roles"]?.array ?? []
        guard users.count == (hasOwner ? 1 : 0), roles.isEmpty else { return false }
        let digests = try await MongoTemplate.digests(of: database, connection)
        for collection in template.collections where !collection.isView {
            if collection.kind == "timeseries" {
                // Its documents are kept in buckets, whose digest tells nothing.
                guard try await count(collection.name, database, connection) == 0,
                    try await count(collection.name, templateName, connection) == 0
                else { return false }
                continue
            }
            guard digests[collection.name] != template.digests[collection.name] else { continue }
            let delete: BSONDocument = ["q": [:], "limit": 0]
            let command: BSONDocument = ["delete": .string(collection.name), "deletes": [.document(delete)]]
            try await connection.run(command, in: database)
            try await fill(collection, in: database, connection)
        }
        return true
    }

    private func count(_ collection: String, _ database: String, _ connection: MongoConnection) async throws -> Int {
        try await connection.run(["count": .string(collection)], in: database)["n"]?.int ?? 0
    }

    /// Waits until the test's connections are closed, and ends the transactions that are still open.
    ///
    /// A server has no way to close a client's connection; the user whose connection it is can be made anew, though.
    private func endSessions(_ database: String, _ connection: MongoConnection) async throws -> Leftovers {
        let stage: BSONDocument = [
            "$currentOp": ["allUsers": true, "idleSessions": true, "idleConnections": .bool(hasOwner)]
        ]
        let mine: BSONDocument = [
            "$match": [
                "$or": [["effectiveUsers.db": .string(database)], ["transaction": ["$exists": true]]]
            ]
        ]
        let command: BSONDocument = ["aggregate": 1, "pipeline": [.document(stage), .document(mine)], "cursor": [:]]
        var left = Leftovers()
        for round in 0..<100 {
            let reply = try await connection.run(command, in: "admin")
            var programs: [String] = []
            for document in (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document) {
                let users = (document["effectiveUsers"]?.array ?? []).compactMap { $0.document?["db"]?.string }
                let isMine = users.contains(database) || document["ns"]?.string?.hasPrefix(database + ".") == true
                guard isMine else { continue }
                if document["transaction"] != nil, let session = document["lsid"]?.document {
                    left.leaks.append("an open transaction")
                    try await connection.run(["killSessions": [.document(session)]], in: "admin")
                } else {
                    programs.append(document["appName"]?.string ?? "")
                }
            }
            if programs.isEmpty { return left }
            if round == 99 {
                left.leaks += programs.map { "an open connection" + ($0.isEmpty ? "" : " (\($0))") }
                left.hasConnections = true
            }
            try await Task.sleep(for: .milliseconds(round < 10 ? 1 : 4))
        }
        return left
    }

    /// What a test has left open.
    private struct Leftovers {
        var leaks: [String] = []
        var hasConnections = false
    }

    private var configuration: MongoConfiguration {
        var configuration = MongoConfiguration(host: source.endpoint.host, port: source.endpoint.port)
        configuration.user = source.administrator
        configuration.password = source.administratorPassword
        configuration.authSource = "admin"
        return configuration
    }
}
#endif
