import PostgresClient
import Synchronization

/// The connections by which this process has brought copies back: it stays logged in to each, since that is most of what bringing
/// one back costs.
///
/// Another process that brings a copy back ends those that are left in it, so that there is never more than one.
final class PostgresAdministrators: Sendable {
    /// What such connections call themselves.
    static let name = "nexenv test"

    /// SQL that tells a session of `pg_stat_get_activity` that is one of them.
    static let condition = """
        application_name = '\(name)' AND usesysid = (SELECT oid FROM pg_authid WHERE rolname = current_user)
        """

    private let kept = Mutex<[String: PostgresConnection]>([:])

    /// Logs in to a database, or goes on where this process is logged in to it.
    ///
    /// - Parameters:
    ///   - configuration: Whose database nobody else brings back at the same time.
    ///   - body: Runs once more where the connection was lost meanwhile; returns whether it may be kept.
    func withConnection(
        to configuration: PostgresConfiguration,
        _ body: (PostgresConnection) async throws -> Bool
    ) async throws -> Bool {
        let database = configuration.database
        if let connection = kept.withLock({ $0.removeValue(forKey: database) }) {
            do {
                return try await run(on: connection, database, body)
            } catch let error as PostgresError where [.connectionLost, .closed].contains(error.code) {
                // Another process has brought the copy back in between, or the server was restarted.
            }
        }
        return try await run(on: .connect(to: configuration), database) { connection in
            try await PostgresChanges.prepare(connection)
            return try await body(connection)
        }
    }

    private func run(
        on connection: PostgresConnection,
        _ database: String,
        _ body: (PostgresConnection) async throws -> Bool
    ) async throws -> Bool {
        do {
            let isKept = try await body(connection)
            if isKept {
                kept.withLock { $0[database] = connection }
            } else {
                await connection.close()
            }
            return isKept
        } catch {
            await connection.close()
            throw error
        }
    }
}
