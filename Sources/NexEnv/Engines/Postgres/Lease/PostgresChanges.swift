import PostgresClient

/// What has been written to a copy since it was clean, and who is still in it.
struct PostgresChanges: Sendable {
    struct TableChange: Sendable {
        /// The table's number.
        var table: String
        var inserted: Int
        /// Rows that were inserted, updated or deleted.
        var written: Int
        /// Whether rows were added and nothing else was done.
        var isInsertOnly: Bool { inserted == written }
    }

    /// A session besides our own.
    struct Session: Sendable {
        var state: String
        var program: String
        var statement: String

        /// What the session is, for the one who has left it.
        var description: String {
            let what =
                state.hasPrefix("idle in transaction")
                ? "an open transaction"
                : statement.uppercased().hasPrefix("LISTEN") ? "a listener" : "an open connection"
            return "\(what) (\(program.isEmpty ? "" : program + ", ")last statement: \(statement))"
        }
    }

    var sessions: [Session] = []
    /// Whether somebody is logged in to the copy who has brought it back before.
    var hasOtherAdministrators = false
    /// How many sessions wait in the copy for a test of their processes.
    var keptSessions = 0
    /// The names of transactions that were prepared and not ended.
    var prepared: [String] = []
    var tables: [TableChange] = []
    /// The numbers of sequences that were looked at or set.
    var sequences: Set<String> = []
    /// Whether there was DDL, or something that the server does in the same way, such as TRUNCATE.
    var hasCatalogChanges = false
    /// Whether something was written that no rows of tables can tell.
    var isBeyondRows = false
    /// Which life of the counters this is: the server's start, and when they were set to zero.
    var counters = ""
    /// The greatest number of a role.
    var newestRole = 0
    var properties = ""

    var isEmpty: Bool { tables.isEmpty && sequences.isEmpty && !hasCatalogChanges && !isBeyondRows }

    /// What belongs to a database's name, as one text.
    static func properties(of database: String) -> String {
        """
        (SELECT md5(concat_ws('|', datacl::text, datconnlimit, datdba,
               (SELECT string_agg(concat_ws(':', setrole, setconfig::text), ',' ORDER BY setrole)
                  FROM pg_db_role_setting WHERE setdatabase = d.oid), shobj_description(d.oid, 'pg_database')))
           FROM pg_database AS d WHERE datname = \(database))
        """
    }

    /// The life of the counters of the database with a number.
    static func counters(of database: String) -> String {
        "concat_ws(' ', pg_postmaster_start_time(), pg_stat_get_db_stat_reset_time(\(database)))"
    }

    private static let isAdministrator = "state = 'idle' AND \(PostgresAdministrators.condition)"
    private static let sessions = """
        FROM pg_stat_get_activity(NULL) WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND pid <> pg_backend_pid() AND backend_type = 'client backend'
        """

    /// All of it in one statement, whose parts the server reads in this order.
    ///
    /// So a session that isn't there any more has left its counts. The views beneath would look up names of users and databases.
    /// Statistics that the server gathers by itself are no content.
    private static let look = """
        SELECT CASE WHEN \(isAdministrator) THEN 'administrator' WHEN \(PostgresSessions.condition) THEN 'kept' ELSE 'session' END,
               state, application_name, left(query, 100), NULL::bigint, NULL::bigint, NULL::bigint
          \(sessions)
        UNION ALL
        SELECT 'prepared', gid, NULL, NULL, NULL, NULL, NULL FROM pg_prepared_xact()
         WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        UNION ALL
        SELECT 'server', \(counters(of: "oid")), NULL, NULL, (SELECT max(oid)::bigint FROM pg_authid), NULL, NULL
          FROM pg_database WHERE datname = current_database()
        UNION ALL
        SELECT 'properties', \(properties(of: "current_database()")), NULL, NULL, NULL, NULL, NULL
        UNION ALL
        SELECT 'sequence', oid::text, NULL, NULL, NULL, NULL, NULL FROM pg_class
         WHERE relkind = 'S' AND relpersistence <> 't' AND pg_stat_get_blocks_fetched(oid) > 0
        UNION ALL
        SELECT CASE WHEN relnamespace = 'pg_catalog'::regnamespace THEN
                   CASE WHEN relname LIKE 'pg\\_largeobject%' THEN 'beyond' ELSE 'catalog' END
               WHEN relkind = 'm' THEN 'beyond' ELSE 'table' END, oid::text, NULL, NULL, inserted, updated, deleted
          FROM (SELECT oid, relname, relnamespace, relkind, pg_stat_get_tuples_inserted(oid) AS inserted,
                       pg_stat_get_tuples_updated(oid) AS updated, pg_stat_get_tuples_deleted(oid) AS deleted
                  FROM pg_class WHERE relkind IN ('r', 'm') AND NOT relisshared AND relpersistence <> 't'
                   AND relname NOT IN ('pg_statistic', 'pg_statistic_ext_data')) AS c
         WHERE inserted + updated + deleted > 0
        """

    /// Has the server plan what is asked again and again, which takes longer than running it.
    static func prepare(_ admin: PostgresConnection) async throws {
        _ = try await admin.execute(
            """
            PREPARE nexenv_look AS \(look);
            PREPARE nexenv_sessions AS SELECT EXISTS (
                SELECT \(sessions) AND NOT coalesce(\(isAdministrator) OR \(PostgresSessions.condition), false))
            """
        )
    }

    /// Whether anybody is still in the copy but sessions that stay.
    ///
    /// - Parameter admin: On which ``prepare(_:)`` was called once.
    static func hasSessions(_ admin: PostgresConnection) async throws -> Bool {
        try await admin.query("EXECUTE nexenv_sessions")[0].bool(0)
    }

    /// Ends sessions of the copy besides our own.
    ///
    /// - Parameters:
    ///   - condition: SQL that is true of those.
    ///   - spared: How many of them stay, those that were active last.
    static func end(_ condition: String, sparing spared: Int = 0, _ admin: PostgresConnection) async throws {
        try await admin.query(
            """
            SELECT pg_terminate_backend(pid) FROM (
                SELECT pid \(sessions) AND \(condition) ORDER BY state_change DESC OFFSET \(spared)) AS ended
            """
        )
    }

    /// Reads what there is.
    ///
    /// - Parameter admin: On which ``prepare(_:)`` was called once.
    static func read(_ admin: PostgresConnection) async throws -> PostgresChanges {
        var changes = PostgresChanges()
        for row in try await admin.query("EXECUTE nexenv_look") {
            let name = row[1].string ?? ""
            switch try row.string(0) {
            case "session":
                let state = name.isEmpty ? "active" : name
                changes.sessions.append(
                    Session(state: state, program: row[2].string ?? "", statement: row[3].string ?? "")
                )
            case "administrator": changes.hasOtherAdministrators = true
            case "kept": changes.keptSessions += 1
            case "prepared": changes.prepared.append(name)
            case "server":
                changes.counters = name
                changes.newestRole = try row.int(4)
            case "properties": changes.properties = name
            case "sequence": changes.sequences.insert(name)
            case "table":
                let inserted = try row.int(4)
                let written = try inserted + row.int(5) + row.int(6)
                changes.tables.append(TableChange(table: name, inserted: inserted, written: written))
            case "catalog": changes.hasCatalogChanges = true
            default: changes.isBeyondRows = true
            }
        }
        return changes
    }

    /// Adds the relations that were written anew as a whole, which no counter tells: by TRUNCATE, CLUSTER, VACUUM FULL and the
    /// like.
    mutating func addRewritten(since base: UInt64, _ admin: PostgresConnection) async throws {
        let first = base & 0xffff_ffff
        let sql = """
            SELECT oid, relkind FROM pg_class
             WHERE xmin::text::bigint > 2 AND (xmin::text::bigint - \(first) + 4294967296) % 4294967296 < 2147483648
               AND relkind IN ('r', 'm', 'S') AND oid >= 16384 AND relpersistence <> 't'
            """
        for row in try await admin.query(sql) {
            let number = try row.string(0)
            switch try row.string(1) {
            case "S":
                sequences.insert(number)
                continue
            case "m": isBeyondRows = true
            default: break
            }
            tables.removeAll { $0.table == number }
            tables.append(TableChange(table: number, inserted: 0, written: 1))
        }
    }
}
