#if MongoDB
import MongoClient

/// Users, roles, collections and indexes, made to match the file on every `up`.
extension MongoDB: DatabaseEngine {
    package var databaseNames: [String] { databases.map(\.name) }

    package func provision(_ server: RunningServer, _ progress: ProvisionProgress) async throws -> Provisioned {
        try await MongoConnection.withConnection(to: configuration(server)) { connection in
            let hello = try await connection.run(["hello": 1], in: "admin")
            guard hello["isWritablePrimary"]?.bool == true else { throw MongoError(.notPrimary, "it takes no writes") }
            let isStandIn = databases.contains { ScratchName($0.name) != nil }
            try await MongoScratchDatabase.removeAbandoned(
                connection,
                longConfiguration(server),
                patience: isStandIn ? .zero : .seconds(1)
            )
            var done = Provisioned()
            for database in databases {
                done.changes += try await makeOwner(of: database, server, connection)
                done.changes += try await makeCollections(
                    database.value.collections,
                    in: database.name,
                    server,
                    connection,
                    progress
                )
                let roles = MongoRoleReconciler(
                    roles: database.value.roles,
                    database: database.name,
                    connection: connection
                )
                done.changes += try await roles.run()
                if try await !isMigrated(database, connection) { done.unmigrated.append(database.name) }
            }
            return done
        }
    }

    package func missing(on server: RunningServer) async throws -> String? {
        try await MongoConnection.withConnection(to: configuration(server)) { connection in
            for database in databases {
                let command: BSONDocument = ["listCollections": 1, "nameOnly": true, "cursor": ["batchSize": 10_000]]
                let reply = try await connection.run(command, in: database.name)
                let names = (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap {
                    $0.document?["name"]?.string
                }
                if let collection = database.value.collections.first(where: { !names.contains($0.name) }) {
                    return "the collection `\(database.name).\(collection.name)` isn't made yet"
                }
                if try await !isMigrated(database, connection) {
                    return "migrations of `\(database.name)` aren't applied yet"
                }
                let roles = MongoRoleReconciler(
                    roles: database.value.roles,
                    database: database.name,
                    connection: connection
                )
                if let role = try await roles.missing() { return "the role `\(role)` isn't made yet" }
                guard let owner = database.value.owner, owner != user else { continue }
                let users = try await connection.run(["usersInfo": .string(owner)], in: database.name)
                if users["users"]?.array?.isEmpty != false { return "the user `\(owner)` isn't made yet" }
            }
            return nil
        }
    }

    /// Whether a database has all that its migrations make, and nothing else was applied.
    private func isMigrated(_ database: Named<MongoDatabase>, _ connection: MongoConnection) async throws -> Bool {
        guard let folder = database.value.migrations else { return true }
        let ledger = MongoLedger(database: database.name, connection: connection)
        return try Self.isMigrated(folder, await ledger.read())
    }

    private func makeOwner(
        of database: Named<MongoDatabase>,
        _ server: RunningServer,
        _ connection: MongoConnection
    ) async throws -> [String] {
        guard let owner = database.value.owner, owner != user else { return [] }
        var login = configuration(server)
        login.user = owner
        login.password = server.passwords[owner]
        login.authSource = database.name
        do {
            try await MongoConnection.withConnection(to: login) { _ in }
            return []
        } catch let error as MongoError where error.code == .authenticationFailed {
            let existing = try await connection.run(["usersInfo": .string(owner)], in: database.name)
            let exists = existing["users"]?.array?.isEmpty == false
            let command: BSONDocument = [
                exists ? "updateUser" : "createUser": .string(owner), "pwd": .string(server.passwords[owner]),
                "roles": [["role": "dbOwner", "db": .string(database.name)]],
            ]
            try await connection.run(command, in: database.name)
            return ["user \(owner) \(exists ? "changed" : "created") in \(database.name)"]
        }
    }

    func makeCollections(
        _ collections: [MongoCollection],
        in database: String,
        _ server: RunningServer,
        _ connection: MongoConnection,
        _ progress: ProvisionProgress
    ) async throws -> [String] {
        guard !collections.isEmpty else { return [] }
        let command: BSONDocument = ["listCollections": 1, "cursor": ["batchSize": 10_000]]
        let reply = try await connection.run(command, in: database)
        var existing: [String: BSONDocument] = [:]
        for entry in reply["cursor"]?.document?["firstBatch"]?.array ?? [] {
            guard let document = entry.document, let name = document["name"]?.string else { continue }
            existing[name] = document["options"]?.document ?? [:]
        }
        var changes: [String] = []
        for collection in collections {
            do {
                changes += try await reconcile(
                    collection,
                    existing[collection.name],
                    database,
                    connection,
                    progress
                )
            } catch let error as MongoError where error.code == .server {
                throw NexEnvError(
                    .sqlFailed,
                    "the collection `\(collection.name)`: \(error.message)",
                    service: server.service.name,
                    database: database,
                    underlying: error
                )
            }
        }
        return changes
    }

    private func reconcile(
        _ collection: MongoCollection,
        _ options: BSONDocument?,
        _ database: String,
        _ connection: MongoConnection,
        _ progress: ProvisionProgress
    ) async throws -> [String] {
        var changes: [String] = []
        let place = "\(database).\(collection.name)"
        if let options {
            if let command = try collection.modification(of: options) {
                try await connection.run(command, in: database)
                changes.append("validator of \(place) changed")
            }
        } else {
            progress.report("\(database): collection \(collection.name)")
            do {
                try await connection.run(try collection.creation, in: database)
                changes.append("collection \(place) created")
            } catch let error as MongoError where error.codeName == "NamespaceExists" {
                // Somebody else was faster, which is as good.
            }
        }
        let reconciler = MongoIndexReconciler(collection: collection, database: database, connection: connection)
        return changes + (try await reconciler.run(isNew: options == nil))
    }

    // MARK: - Addresses

    package func address(of database: String?, on server: RunningServer) -> DatabaseAddress? {
        let declared = database.flatMap { name in databases.first { $0.name == name } }
        if database != nil, declared == nil { return nil }
        let owner = declared?.value.owner
        let source = owner == nil ? "admin" : database ?? "admin"
        return DatabaseAddress(
            scheme: "mongodb",
            endpoint: server.endpoint,
            user: owner ?? user,
            password: server.passwords[owner ?? user],
            database: database,
            // The member's own address is for its peers, not for the host; the driver must not follow it.
            query: "?authSource=\(source)&directConnection=true"
        )
    }
}

extension MongoDB: ShellEngine {
    package func shell(at address: DatabaseAddress, insidePort: Int, command: String?) -> ShellCommand? {
        let variable = "NEXENV_MONGO_URL"
        // mongosh takes a password as an argument or a prompt only; a variable is seen by nobody else.
        let connect = ["--quiet", "--nodb", "--eval", "db = connect(process.env.\(variable))"]
        let rest = command.map { ["--eval", $0] } ?? ["--shell"]
        return ShellCommand(
            program: "mongosh",
            arguments: connect + rest,
            containerArguments: connect + rest,
            environment: [variable: address.url],
            containerEnvironment: [
                variable: address.url.replacing(
                    "@\(address.endpoint.host):\(address.endpoint.port)/",
                    with: "@127.0.0.1:\(insidePort)/"
                )
            ]
        )
    }
}

extension MongoCollection {
    /// The `create` command.
    fileprivate var creation: BSONDocument {
        get throws {
            var command: BSONDocument = ["create": .string(name)]
            for (key, value) in options ?? [:] { try command.append(value, forKey: key) }
            for (key, value) in validation { try command.append(value, forKey: key) }
            return command
        }
    }

    /// The `collMod` command that gives an existing collection this validation, or nothing when it has it.
    fileprivate func modification(of existing: BSONDocument) throws -> BSONDocument? {
        let wanted = validation
        let isSame = wanted.allSatisfy { key, value in existing[key].map { $0.isEquivalent(to: value) } ?? false }
        guard !isSame else { return nil }
        var command: BSONDocument = ["collMod": .string(name)]
        for (key, value) in wanted { try command.append(value, forKey: key) }
        return command
    }

    private var validation: [(String, BSONValue)] {
        guard let validator else { return [] }
        return [
            ("validator", .document(validator)),
            ("validationLevel", .string((validationLevel ?? .strict).rawValue)),
            ("validationAction", .string((validationAction ?? .error).rawValue)),
        ]
    }
}

extension BSONValue {
    /// Whether two values mean the same to the server: numbers by value, documents field by field.
    func isEquivalent(to other: BSONValue) -> Bool {
        switch (self, other) {
        case (.document(let left), .document(let right)):
            left.keys == right.keys
                && left.keys.allSatisfy { key in
                    guard let one = left[key], let two = right[key] else { return false }
                    return one.isEquivalent(to: two)
                }
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        default:
            if let one = int ?? double.flatMap({ Int(exactly: $0) }), let two = other.int {
                one == two
            } else {
                self == other
            }
        }
    }
}
#endif
