import PostgresClient

/// Roles, databases, extensions and init SQL, made to match the file on every `up`.
extension Postgres: DatabaseEngine {
    package var databaseNames: [String] { databases.map(\.name) }

    package func probe(_ server: RunningServer) async -> ProbeResult {
        var login = configuration(server)
        // It is asked again where that takes long.
        login.connectTimeout = .seconds(5)
        do {
            let admin = try await PostgresConnection.connect(to: login)
            await admin.close()
            return .ready
        } catch {
            return Self.probeResult(error, server)
        }
    }

    package func provision(_ server: RunningServer, _ progress: ProvisionProgress) async throws -> Provisioned {
        var done = Provisioned()
        let notices = ScriptNotices()
        let login = scriptConfiguration(server) { notices.add($0) }
        try await PostgresConnection.withConnection(to: login) { admin in
            let catalog = try await PostgresCatalog.read(self, admin)
            if catalog.hasScratch {
                let patience = isStandIn ? Duration.zero : .seconds(1)
                try await PostgresScratchDatabase.removeAbandoned(admin, patience: patience)
            }
            done.changes += try await makeRoles(catalog, server, admin, progress)
            done.changes += try await makeDatabases(catalog, server, admin, progress)
            done.changes += try await runServerInit(admin, server, progress)
        }
        done.notices += notices.all
        // One database at a time would wait for each log-in in turn; more than a few at once only wait for the disk.
        for part in try await databases.concurrentMap(limit: 4, { try await provision($0, server, progress) }) {
            done += part
        }
        return done
    }

    package func missing(on server: RunningServer) async throws -> String? {
        let catalog = try await PostgresConnection.withConnection(to: configuration(server)) { admin in
            try await PostgresCatalog.read(self, admin)
        }
        if let role = wantedRoles(server).first(where: { catalog.roles[$0.name] == nil }) {
            return "the role `\(role.name)` isn't made yet"
        }
        if let database = databases.first(where: { catalog.databaseOwners[$0.name] == nil }) {
            return "the database `\(database.name)` isn't made yet"
        }
        let found = try await databases.concurrentMap(limit: 4) { database -> String? in
            let login = configuration(server, database: database.name)
            let pending = try await PostgresConnection.withConnection(to: login) { admin in
                try await PendingWork.read(database.value, flavor, admin)
            }
            if let name = pending.extensions.first { return "`\(database.name)` lacks the extension `\(name)`" }
            if pending.hasScripts { return "init files of `\(database.name)` aren't applied yet" }
            return pending.hasMigrations ? "migrations of `\(database.name)` aren't applied yet" : nil
        }
        return found.lazy.compactMap { $0 }.first
    }

    // MARK: - Server-wide

    private func makeRoles(
        _ catalog: PostgresCatalog,
        _ server: RunningServer,
        _ admin: PostgresConnection,
        _ progress: ProvisionProgress
    ) async throws -> [String] {
        var changes: [String] = []
        if isForTests { try await quicken(server, admin) }
        for role in wantedRoles(server) {
            if let existing = catalog.roles[role.name] {
                guard existing != role.attributes else { continue }
                try await admin.query("ALTER ROLE \(PostgresIdentifier.quoted(role.name)) \(role.attributes.sql)")
                changes.append("role \(role.name) changed")
            } else {
                progress.report("making role \(role.name)")
                var sql = "CREATE ROLE \(try PostgresIdentifier.quoted(role.name)) \(role.attributes.sql)"
                if role.attributes.canLogin {
                    let verifier = try await verifier(of: role.name, server, admin)
                    sql += " PASSWORD \(try PostgresIdentifier.literal(verifier))"
                }
                try await admin.query(sql)
                changes.append("role \(role.name) created")
            }
        }
        // Owners are asked where their databases are made.
        let owners = databases.compactMap(\.value.owner)
        for role in roles where role.value.canLogin && catalog.roles[role.name] != nil && !owners.contains(role.name) {
            guard try await !logsIn(role.name, server) else { continue }
            try await setPassword(of: role.name, server, admin)
            changes.append("password of role \(role.name) set")
        }
        for role in roles {
            for group in role.value.memberOf where !catalog.memberships.contains([role.name, group]) {
                let sql = "GRANT \(try PostgresIdentifier.quoted(group)) TO \(try PostgresIdentifier.quoted(role.name))"
                try await admin.query(sql)
                changes.append("role \(role.name) made a member of \(group)")
            }
        }
        return changes
    }

    /// Has the superuser, who was made with the server, log in as fast as everybody else.
    private func quicken(_ server: RunningServer, _ admin: PostgresConnection) async throws {
        let sql = "SELECT FROM pg_authid WHERE rolname = current_user AND NOT starts_with(rolpassword, $1)"
        guard try await !admin.query(sql, [PostgresValue(PostgresQuickVerifier.prefix)]).isEmpty else { return }
        try await setPassword(of: user, server, admin)
    }

    private func wantedRoles(_ server: RunningServer) -> [(name: String, attributes: PostgresCatalog.RoleAttributes)] {
        var wanted = roles.map { ($0.name, PostgresCatalog.RoleAttributes($0.value)) }
        for owner in databases.compactMap(\.value.owner) where owner != user {
            if !wanted.contains(where: { $0.0 == owner }) {
                wanted.append((owner, PostgresCatalog.RoleAttributes(PostgresRole())))
            }
        }
        return wanted
    }

    private func makeDatabases(
        _ catalog: PostgresCatalog,
        _ server: RunningServer,
        _ admin: PostgresConnection,
        _ progress: ProvisionProgress
    ) async throws -> [String] {
        var changes: [String] = []
        let missing = databases.filter { catalog.databaseOwners[$0.name] == nil }
        changes += try await missing.concurrentFlatMap(limit: 3) { database in
            progress.report("making database \(database.name)")
            let owner = try PostgresIdentifier.quoted(database.value.owner ?? user)
            let sql = "CREATE DATABASE \(try PostgresIdentifier.quoted(database.name)) OWNER \(owner)"
            try await PostgresConnection.withConnection(to: configuration(server)) { connection in
                do {
                    try await connection.query(sql)
                } catch let error as PostgresError where error.sqlState == "42P04" || error.sqlState == "23505" {
                    // Somebody else was faster, which is as good.
                }
            }
            return ["database \(database.name) created"]
        }
        for database in databases {
            guard let owner = database.value.owner, let existing = catalog.databaseOwners[database.name],
                existing != owner
            else { continue }
            let name = try PostgresIdentifier.quoted(database.name)
            try await admin.query("ALTER DATABASE \(name) OWNER TO \(PostgresIdentifier.quoted(owner))")
            changes.append("database \(database.name) now belongs to \(owner)")
        }
        return changes
    }

    private func runServerInit(
        _ admin: PostgresConnection,
        _ server: RunningServer,
        _ progress: ProvisionProgress
    ) async throws -> [String] {
        guard !initFiles.isEmpty, !isStandIn else { return [] }
        let scripts = PostgresInitScripts(files: initFiles, owner: nil, lockTimeout: server.service.readyTimeout)
        return try await scripts.run(on: admin, progress)
    }

    // MARK: - One database

    private func provision(
        _ database: Named<PostgresDatabase>,
        _ server: RunningServer,
        _ progress: ProvisionProgress
    ) async throws -> Provisioned {
        let pending = try await withOwner(of: database, server) { owner in
            try await PendingWork.read(database.value, flavor, owner)
        }
        let unmigrated = pending.hasMigrations ? [database.name] : []
        guard !pending.isFilled else { return Provisioned(unmigrated: unmigrated) }
        let notices = ScriptNotices()
        let login = scriptConfiguration(server, database: database.name) { notices.add($0) }
        let changes = try await PostgresConnection.withConnection(to: login) { admin in
            try await fill(database, pending, admin, server, progress)
        }
        let said = notices.all.map { "\(database.name): \($0)" }
        return Provisioned(changes: changes, notices: said, unmigrated: unmigrated)
    }

    /// Makes what is in a database before its migrations: extensions, and what its init files make.
    func fill(
        _ database: Named<PostgresDatabase>,
        _ pending: PendingWork,
        _ admin: PostgresConnection,
        _ server: RunningServer,
        _ progress: ProvisionProgress
    ) async throws -> [String] {
        var changes: [String] = []
        for name in pending.extensions {
            progress.report("\(database.name): extension \(name)")
            try await makeExtension(name, in: database.name, admin, server)
            changes.append("extension \(name) added to \(database.name)")
        }
        guard pending.hasScripts else { return changes }
        let scripts = PostgresInitScripts(
            files: database.value.initFiles,
            owner: database.value.owner,
            lockTimeout: server.service.readyTimeout,
            isStandIn: isStandIn
        )
        let log = ProvisionProgress { progress.report("\(database.name): \($0)") }
        return changes + (try await scripts.run(on: admin, log))
    }

    private func makeExtension(
        _ name: String,
        in database: String,
        _ admin: PostgresConnection,
        _ server: RunningServer
    ) async throws {
        do {
            try await admin.query("CREATE EXTENSION IF NOT EXISTS \(PostgresIdentifier.quoted(name)) CASCADE")
        } catch {
            guard error.code == .server else { throw error }
            throw NexEnvError(
                .sqlFailed,
                "the extension `\(name)` can't be made: \(error.message)",
                service: server.service.name,
                database: database,
                hint: "the image or package has to bring it",
                underlying: error
            )
        }
    }

    /// Logs in to a database as its owner, whose password is set again when it differs from what the file says.
    private func withOwner<Value: Sendable>(
        of database: Named<PostgresDatabase>,
        _ server: RunningServer,
        _ body: (PostgresConnection) async throws -> sending Value
    ) async throws -> Value {
        guard let owner = database.value.owner, owner != user, canLogIn(owner) else {
            return try await PostgresConnection.withConnection(to: configuration(server, database: database.name), body)
        }
        let login = configuration(server, database: database.name, user: owner)
        do {
            return try await PostgresConnection.withConnection(to: login, body)
        } catch let error as PostgresError where error.code == .authenticationFailed {
            try await PostgresConnection.withConnection(to: configuration(server)) { admin in
                try await setPassword(of: owner, server, admin)
            }
            return try await PostgresConnection.withConnection(to: login, body)
        }
    }

    private func setPassword(of role: String, _ server: RunningServer, _ admin: PostgresConnection) async throws {
        let verifier = try await verifier(of: role, server, admin)
        let name = try PostgresIdentifier.quoted(role)
        try await admin.query("ALTER ROLE \(name) PASSWORD \(PostgresIdentifier.literal(verifier))")
    }

    /// What the server gets instead of a role's password, so that the password can't turn up in its log.
    private func verifier(
        of role: String,
        _ server: RunningServer,
        _ admin: PostgresConnection
    ) async throws -> String {
        let password = server.passwords[role]
        if isForTests, let verifier = PostgresQuickVerifier.make(password) { return verifier }
        return try await admin.passwordVerifier(for: password, user: role)
    }

    /// Whether a role logs in with the password that the file says; one that may not connect counts, since who can tell.
    private func logsIn(_ role: String, _ server: RunningServer) async throws -> Bool {
        do {
            try await PostgresConnection.withConnection(to: configuration(server, user: role)) { _ in }
            return true
        } catch let error as PostgresError where error.code == .authenticationFailed {
            return false
        } catch let error as PostgresError where error.code == .server {
            return true
        }
    }

    private func canLogIn(_ name: String) -> Bool {
        roles.first { $0.name == name }?.value.canLogin ?? true
    }

    // MARK: - Connections

    /// Returns how to log in: to the maintenance database as the superuser, unless told otherwise.
    func configuration(
        _ server: RunningServer,
        database: String = Self.maintenanceDatabase,
        user: String? = nil
    ) -> PostgresConfiguration {
        let user = user ?? self.user
        return PostgresConfiguration(
            host: server.endpoint.host,
            port: server.endpoint.port,
            user: user,
            password: server.passwords[user],
            database: database
        )
    }

    /// Returns how the superuser logs in to run scripts.
    func scriptConfiguration(
        _ server: RunningServer,
        database: String = Self.maintenanceDatabase,
        onNotice: @escaping @Sendable (PostgresNotice) -> Void
    ) -> PostgresConfiguration {
        var configuration = configuration(server, database: database)
        configuration.onNotice = { if $0.isScripts { onNotice($0) } }
        // An index on a large table is built for hours, without a word.
        configuration.silenceTimeout = .seconds(7 * 86_400)
        // The line at which COPY fails is known from a message only, so its language has to be known.
        configuration.serverSettings["lc_messages"] = "C"
        return configuration
    }

    static func probeResult(_ error: any Error, _ server: RunningServer) -> ProbeResult {
        guard let error = error as? PostgresError else { return .notYet("\(error)") }
        switch error.code {
        case .authenticationFailed:
            return .refusesPassword(server, error)
        case .startingUp: return .notYet("starting up")
        case .tooManyConnections: return .notYet("too many clients")
        case .cancelled: return .notYet("cancelled")
        case .server, .invalidConfiguration, .invalidArgument:
            return .failed(
                NexEnvError(.serviceFailed, error.message, service: server.service.name, underlying: error)
            )
        default: return .notYet("not answering yet")
        }
    }
}
