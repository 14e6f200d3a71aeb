package import PostgresClient
import Synchronization

/// The sessions by which tests of this process run single statements: they stay for the next test that has the same copy, since
/// logging in is most of what a lease costs.
///
/// One that stays is as good as new, has told the server all that it has counted, and is known by its name. Its process sends
/// nothing by it before it has leased the copy again, so that whoever brings the copy back can let it be.
package final class PostgresSessions: Sendable {
    package static let ofProcess = PostgresSessions()

    /// What they call themselves while no test has them.
    private static let name = "nexenv between tests"

    /// SQL that tells a session of `pg_stat_get_activity` that is one of them.
    static let condition = "state = 'idle' AND application_name = '\(name)'"

    private let kept = Mutex<[String: PostgresConnection]>([:])

    package init() {}

    /// Logs in to a copy that this process has leased, or goes on where it is logged in.
    package func open(_ copy: some LeasedCopy) async throws(PostgresError) -> PostgresConnection {
        if let connection = kept.withLock({ $0.removeValue(forKey: copy.address.url) }) {
            do {
                _ = try await connection.execute("RESET application_name")
                return connection
            } catch {
                // Another process has ended it, or the copy was made anew.
                await connection.close()
            }
        }
        return try await .connect(to: PostgresConfiguration(copy.address))
    }

    /// Keeps a session for the next test, before its copy is given back; closes it where it can't be as good as new, such as within
    /// a transaction.
    ///
    /// - Parameter connection: What nobody else sends anything by.
    package func keep(_ connection: PostgresConnection, to copy: some LeasedCopy) async {
        do {
            guard copy.keepsSessions else { return await connection.closeAndWait() }
            _ = try await connection.execute("DISCARD ALL")
            _ = try await connection.execute(
                "SET application_name = '\(Self.name)'; SELECT pg_stat_force_next_flush()"
            )
        } catch {
            return await connection.closeAndWait()
        }
        let other = kept.withLock { $0.updateValue(connection, forKey: copy.address.url) }
        await other?.closeAndWait()
    }

    /// Ends those to the database of a connection but the one that was kept last.
    static func endOthers(_ admin: PostgresConnection) async throws {
        try await admin.query(
            """
            SELECT pg_terminate_backend(pid) FROM (
                SELECT pid FROM pg_stat_get_activity(NULL)
                 WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND \(condition)
                 ORDER BY state_change DESC OFFSET 1) AS others
            """
        )
    }
}
