package import PostgresClient
import Synchronization

/// The sessions by which tests of this process run single statements: they stay for the next test that has the same copy, since
/// logging in is most of what a lease costs.
///
/// One stays only where nothing can tell it from a new one: its test has read and written rows by it, which is undone in the copy,
/// and the database has nothing that keeps more in a session. It has told the server all that it has counted, and is known by its
/// name. Before its process has leased the copy again nothing is written by it, so whoever brings the copy back can let it be.
package final class PostgresSessions: Sendable {
    package static let ofProcess = PostgresSessions()

    private struct Kept {
        let connection: PostgresConnection
        /// See ``PostgresSessions/settings``.
        let settings: String
    }

    private let kept = Mutex<[String: Kept]>([:])

    package init() {}

    /// Logs in to a copy that this process has leased, or goes on where it is logged in.
    package func open(_ copy: some LeasedCopy) async throws(PostgresError) -> PostgresConnection {
        let configuration = PostgresConfiguration(copy.address)
        if let known = kept.withLock({ $0.removeValue(forKey: copy.address.url) }) {
            let sql = "SELECT set_config('application_name', $1, false), \(Self.settings)"
            let name = PostgresValue(configuration.applicationName)
            if let row = try? await known.connection.query(sql, [name])[0], row[1].string == known.settings {
                return known.connection
            }
            // Another process has ended it, the copy was made anew, or settings were changed.
            await known.connection.closeAndWait()
        }
        return try await .connect(to: configuration)
    }

    /// Keeps a session for the next test, before its copy is given back, or closes it.
    ///
    /// - Parameter connection: What nobody else sends anything by, and nothing was sent by but what ``leavesNothing(_:)``.
    package func keep(_ connection: PostgresConnection, to copy: some LeasedCopy) async {
        guard copy.keepsSessions, let settings = try? await makeNew(connection) else {
            return await connection.closeAndWait()
        }
        let new = Kept(connection: connection, settings: settings)
        let other = kept.withLock { $0.updateValue(new, forKey: copy.address.url) }
        await other?.connection.closeAndWait()
    }

    /// Undoes what was done to a session, has it tell what it has counted, and gives it its name.
    ///
    /// - Returns: ``settings``; nothing where it can't stay.
    private func makeNew(_ connection: PostgresConnection) async throws(PostgresError) -> String? {
        try await connection.query("DISCARD ALL")
        // Those who wait leave at least half of all connections to those who work.
        let row = try await connection.query(
            """
            SELECT set_config('application_name', '\(Self.name)', false), pg_stat_force_next_flush(), \(Self.settings),
                   current_setting('track_activities')::bool
                   AND (SELECT count(*) FROM pg_stat_get_activity(NULL)) < current_setting('max_connections')::int / 2
            """
        )[0]
        return try row.bool(3) ? try row.string(2) : nil
    }

    /// SQL that says something else whenever somebody has changed what sessions of any database or user begin with.
    private static let settings = "(SELECT concat(count(*), ' ', sum(xmin::text::bigint)) FROM pg_db_role_setting)"

    // MARK: - Which may stay

    /// Whether a statement leaves nothing in its session that `DISCARD ALL` doesn't undo, in a database that
    /// ``keepsNothing`` is true of.
    ///
    /// Settings with a dot in their names are such: afterwards they are empty, and not unknown as before.
    package static func leavesNothing(_ statement: String) -> Bool {
        let text = statement.lowercased()
        let verb = text.drop { $0.isWhitespace }.prefix { $0.isLetter }
        return ["select", "insert", "update", "delete", "merge", "with", "values", "table"].contains(verb)
            && !["set_config", "setseed", "replication_slot"].contains { text.contains($0) }
    }

    /// SQL that tells whether statements that read and write rows can leave something in a session of a database: only functions
    /// and languages that are known are there.
    static let keepsNothing = """
        SELECT NOT EXISTS (SELECT FROM pg_foreign_data_wrapper)
           AND NOT EXISTS (SELECT FROM pg_event_trigger)
           AND NOT EXISTS (SELECT FROM pg_language WHERE lanname NOT IN ('internal', 'c', 'sql', 'plpgsql'))
           AND NOT EXISTS (SELECT FROM pg_extension WHERE extname NOT IN (
                   'plpgsql', 'pgcrypto', 'uuid-ossp', 'citext', 'pg_trgm', 'hstore', 'ltree', 'unaccent', 'intarray', 'cube',
                   'btree_gin', 'btree_gist', 'fuzzystrmatch', 'isn', 'tablefunc', 'earthdistance', 'seg', 'bloom', 'lo',
                   'pg_stat_statements', 'vector'))
           AND NOT EXISTS (
                   SELECT FROM pg_proc AS p JOIN pg_language AS l ON l.oid = prolang
                    WHERE p.oid >= 16384 AND (proconfig::text LIKE '%.%=%'
                       OR l.lanname IN ('sql', 'plpgsql') AND concat_ws(' ', prosrc, pg_get_function_sqlbody(p.oid))
                          ~* 'set_config|setseed|\\mset\\s+((local|session)\\s+)?"?\\w+"?\\.'))
        """

    // MARK: - Seen from outside

    /// What they call themselves while no test has them.
    private static let name = "nexenv between tests"

    /// SQL that tells a session of `pg_stat_get_activity` that is one of them.
    static let condition = "state = 'idle' AND application_name = '\(name)'"
}
