#if MongoDB
import MongoClient

/// Migrations as commands in YAML.
extension MongoDB: MigratableEngine {
    package static let migrationFormat = MongoMigration.format

    package var migrationFolders: [Named<ResourcePath>] {
        databases.compactMap { database in
            database.value.migrations.map { Named(name: database.name, position: $0.position, value: $0) }
        }
    }

    package func withMigrationSession<Value: Sendable>(
        in database: String,
        on server: RunningServer,
        purpose: String,
        _ report: @escaping @Sendable (MigrationEvent) -> Void,
        _ body: @Sendable (MongoMigrationSession) async throws -> Value
    ) async throws -> Value {
        let turn = MongoTurn(database, longConfiguration(server), purpose: purpose)
        do {
            return try await MongoConnection.withConnection(to: turn.login) { connection in
                let session = try await session(in: database, connection, turn, report)
                do {
                    let value = try await body(session)
                    await turn.release(connection)
                    return value
                } catch {
                    await release(turn)
                    throw error
                }
            }
        } catch let error as MongoError {
            throw error.thrown(by: server, database)
        }
    }

    package func withScratchSession<Value: Sendable>(
        like database: String,
        on server: RunningServer,
        _ report: @escaping @Sendable (MigrationEvent) -> Void,
        _ body: @Sendable (MongoMigrationSession) async throws -> Value
    ) async throws -> Value {
        try await MongoScratchDatabase.with(longConfiguration(server), purpose: "nexenv migrate verify") { name in
            guard let standIn = standIn(for: database, name) else {
                throw unknownDatabase(database, on: server)
            }
            _ = try await standIn.provision(server, ProvisionProgress { _ in })
            return try await standIn.withMigrationSession(
                in: name,
                on: server,
                purpose: "nexenv migrate verify",
                report,
                body
            )
        }
    }

    private func session(
        in database: String,
        _ connection: MongoConnection,
        _ turn: MongoTurn,
        _ report: @escaping @Sendable (MigrationEvent) -> Void
    ) async throws -> MongoMigrationSession {
        let hello = try await connection.run(["hello": 1], in: "admin")
        return MongoMigrationSession(
            connection: connection,
            database: database,
            turn: turn,
            hasTransactions: hello["setName"] != nil,
            report: report
        )
    }

    /// Returns how to log in for what may take long.
    func longConfiguration(_ server: RunningServer) -> MongoConfiguration {
        var login = configuration(server)
        // An index on a large collection is built for hours, without a word.
        login.socketTimeout = .seconds(7 * 86_400)
        return login
    }

    /// Gives the lock back after a failure, by a log-in of its own: the other one may be in the middle of something.
    ///
    /// Shielded: the run may be ending because it was cancelled.
    private func release(_ turn: MongoTurn) async {
        await Task.detached {
            _ = try? await MongoConnection.withConnection(to: turn.login) { connection in
                await turn.release(connection)
            }
        }.value
    }
}
#endif
