import PostgresClient

extension Postgres: ReplaceableEngine {
    package func replacement(for database: String?, on server: RunningServer) async throws -> any DatabaseReplacement {
        guard let database, database != Self.maintenanceDatabase else {
            throw NexEnvError(
                .refused,
                "`\(Self.maintenanceDatabase)` is where nexenv itself logs in, and can't be replaced",
                service: server.service.name,
                hint: "give what is yours a database of its own"
            )
        }
        let admin = try await PostgresConnection.connect(to: configuration(server))
        do {
            let scratch = try await PostgresScratchDatabase(admin)
            return PostgresReplacement(
                original: database,
                standIn: try standIn(for: database, scratch.name.name, on: server),
                server: server,
                scratch: scratch,
                admin: admin
            )
        } catch {
            await admin.close()
            throw error
        }
    }
}

/// A database that is renamed into another one's place.
private struct PostgresReplacement: DatabaseReplacement {
    let original: String
    let standIn: Postgres
    let server: RunningServer
    let scratch: PostgresScratchDatabase
    let admin: PostgresConnection

    var engine: any SeedableEngine { standIn }
    var name: String? { scratch.name.name }

    func takeOver() async throws {
        let exists = try await !admin.query(
            "SELECT FROM pg_database WHERE datname = $1",
            [PostgresValue(original)]
        ).isEmpty
        var attempts = 10
        while true {
            do {
                try await silence()
                try await rename(exists)
                break
            } catch let error as PostgresError {
                // Somebody logged in again in between.
                attempts -= 1
                guard error.sqlState == "55006", attempts > 0 else { throw failure(error) }
            }
        }
        if let sql = standIn.flavor.resuming {
            try await PostgresConnection.withConnection(to: standIn.configuration(server, database: original)) {
                _ = try await $0.query(sql)
            }
        }
        // What has the scratch's name now is the old one.
        await discard()
    }

    func discard() async {
        // Shielded: the run may be ending because it was cancelled; what stays is the next run's to remove.
        await Task.detached {
            try? await scratch.drop()
            await admin.close()
        }.value
    }

    /// Ends all sessions in both databases: one in use can't be renamed.
    private func silence() async throws {
        let names = [original, scratch.name.name]
        if let sql = standIn.flavor.pausing {
            for name in names {
                let login = standIn.configuration(server, database: name)
                do {
                    try await PostgresConnection.withConnection(to: login) { _ = try await $0.query(sql) }
                } catch let error as PostgresError where error.sqlState == "3D000" {
                    // There is no old one.
                }
            }
        }
        for name in names {
            try await admin.query(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
                [PostgresValue(name)]
            )
        }
    }

    /// Exchanges the names, and with them what belongs to a database's name rather than to what is in it.
    private func rename(_ exists: Bool) async throws {
        let old = try PostgresIdentifier.quoted(original)
        let new = try PostgresIdentifier.quoted(scratch.name.name)
        guard exists else {
            try await admin.query("ALTER DATABASE \(new) RENAME TO \(old)")
            return
        }
        let between = try PostgresIdentifier.quoted(scratch.name.name + "_old")
        let properties = try await PostgresNamedProperties(original: original).statements(admin)
        let moving = try PostgresNamedProperties.fill(properties, for: scratch.name.name)
        try await admin.transaction { session in
            _ = try session.execute(
                """
                \(moving)
                ALTER DATABASE \(old) RENAME TO \(between);
                ALTER DATABASE \(new) RENAME TO \(old);
                ALTER DATABASE \(between) RENAME TO \(new);
                """
            )
        }
    }

    private func failure(_ error: PostgresError) -> NexEnvError {
        NexEnvError(
            .sqlFailed,
            "the new database can't take its place: \(error.message)",
            service: server.service.name,
            database: original,
            hint: error.detail ?? error.hint,
            underlying: error
        )
    }
}
