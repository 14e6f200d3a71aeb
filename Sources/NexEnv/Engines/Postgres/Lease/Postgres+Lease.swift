import PostgresClient

/// Tests get copies of a template database.
extension Postgres: LeasableEngine {
    package static let rollsBack = true

    package var forTests: Postgres {
        var engine = self
        engine.isForTests = true
        return engine
    }

    package func leaseSource(
        of database: String?,
        digest: String,
        on server: RunningServer
    ) async throws -> LeaseSource {
        guard let database, let model = databases.first(where: { $0.name == database }) else {
            throw unknownDatabase(database, on: server)
        }
        let (version, connections) = try await PostgresConnection.withConnection(to: configuration(server)) { admin in
            let row = try await admin.query(
                "SELECT current_setting('server_version_num')::int, current_setting('max_connections')::int"
            )[0]
            return (try row.int(0), try row.int(1))
        }
        guard version >= 150_000 else {
            throw NexEnvError(
                .serviceFailed,
                "copies for tests need PostgreSQL 15 or newer, and this is \(version / 10_000)",
                service: server.service.name
            )
        }
        return LeaseSource(
            of: database,
            Self.name,
            on: server,
            user: model.value.owner ?? user,
            administrator: user,
            digest: digest,
            slots: try LeaseBudget.slots(ofConnections: connections)
        )
    }

    package func hasTemplate(_ source: LeaseSource, folder: String, on server: RunningServer) async throws -> Bool {
        try await PostgresConnection.withConnection(to: configuration(server)) { admin in
            // What the environment itself has made since is nobody's left-over.
            let newest = try await admin.query("SELECT max(oid)::bigint FROM pg_roles")[0].int(0)
            try PostgresRoles(source, folder: folder).note(newest)
            guard PostgresTemplate.isThere(folder) else { return false }
            let name = PostgresValue(LeaseName(digest: source.digest).text)
            return try await !admin.query("SELECT FROM pg_database WHERE datname = $1 AND NOT datallowconn", [name])
                .isEmpty
        }
    }

    package func copy(
        _ template: LeaseName,
        into replacement: any DatabaseReplacement,
        on server: RunningServer
    ) async throws -> Bool {
        guard let name = replacement.name, let standIn = replacement.engine as? Postgres else { return false }
        let owner = try PostgresIdentifier.quoted(standIn.databases.first?.value.owner ?? user)
        let (new, old) = (try PostgresIdentifier.quoted(name), try PostgresIdentifier.quoted(template.text))
        try await PostgresConnection.withConnection(to: configuration(server)) { admin in
            _ = try await admin.query("CREATE DATABASE \(new) TEMPLATE \(old) OWNER \(owner)")
        }
        return true
    }

    package func seal(
        _ replacement: any DatabaseReplacement,
        as source: LeaseSource,
        folder: String,
        on server: RunningServer
    ) async throws {
        guard let database = replacement.name, let original = source.place.database else { return }
        let name = LeaseName(digest: source.digest).text
        try await PostgresConnection.withConnection(to: configuration(server)) { admin in
            if let sql = flavor.pausing {
                let login = configuration(server, database: database)
                try await PostgresConnection.withConnection(to: login) { _ = try await $0.query(sql) }
            }
            let properties = PostgresNamedProperties(original: original)
            let limit = try LeaseBudget.connectionsPerSlot + LeaseBudget.othersPerSlot
            let setUp = try await properties.statements(admin, connectionLimit: limit)
            var (template, sessionsStay) = try await PostgresConnection.withConnection(
                to: configuration(server, database: database)
            ) {
                (
                    try await PostgresTemplate.read($0, owner: source.user, setUp: setUp, savingTo: folder),
                    try await $0.query(PostgresSessions.keepsNothing)[0].bool(0)
                )
            }
            template.tablesOfRows = flavor.tablesOfRows
            if flavor.pausing != nil {
                let sql = "SELECT current_setting('timescaledb.max_background_workers')::int"
                if try await admin.query(sql)[0].int(0) > 0 { template.pausing = flavor.pausing }
            }
            _ = try await admin.execute(try template.setUp(database))
            let sql = "SELECT \(PostgresChanges.properties(of: try PostgresIdentifier.literal(database)))"
            template.properties = try await admin.query(sql)[0].string(0)
            try template.write(folder)
            if sessionsStay { try PostgresTemplate.noteThatSessionsStay(folder) }
            let (old, new) = (try PostgresIdentifier.quoted(database), try PostgresIdentifier.quoted(name))
            try await admin.query(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
                [PostgresValue(database)]
            )
            try await drop(name, admin)
            // In one transaction: whatever has a template's name is whole and closed.
            _ = try await admin.execute(
                "ALTER DATABASE \(old) WITH ALLOW_CONNECTIONS false IS_TEMPLATE true; ALTER DATABASE \(old) RENAME TO \(new)"
            )
        }
    }

    package func leaseNames(on server: RunningServer) async throws -> [LeaseName] {
        try await PostgresConnection.withConnection(to: configuration(server)) { admin in
            let sql =
                "SELECT datname FROM pg_database WHERE datname LIKE 'nexenv\\_t\\_%' ORDER BY length(datname) DESC"
            return try await admin.query(sql).compactMap { LeaseName(try $0.string(0)) }
        }
    }

    package func remove(_ name: LeaseName, on server: RunningServer) async throws {
        try await PostgresConnection.withConnection(to: configuration(server)) { try await drop(name.text, $0) }
    }

    /// Drops a template; a database that is marked as one can't be dropped as it is.
    private func drop(_ template: String, _ admin: PostgresConnection) async throws {
        let name = [PostgresValue(template)]
        guard try await !admin.query("SELECT FROM pg_database WHERE datname = $1", name).isEmpty else { return }
        let quoted = try PostgresIdentifier.quoted(template)
        try await admin.query("ALTER DATABASE \(quoted) IS_TEMPLATE false")
        try await admin.query("DROP DATABASE \(quoted) WITH (FORCE)")
    }

    package func leaseInputs(of database: String?) -> (files: [ResourcePath], folders: [ResourcePath], words: String) {
        guard let model = databases.first(where: { $0.name == database }) else { return ([], [], "") }
        let words = [flavor.image, model.value.owner ?? user] + flavor.extensions + model.value.extensions
        return (model.value.initFiles, model.value.migrations.map { [$0] } ?? [], words.joined(separator: " "))
    }

    package static func keeper(of source: LeaseSource, folder: String) throws -> any SlotKeeper {
        PostgresSlots(source, folder: folder)
    }
}
