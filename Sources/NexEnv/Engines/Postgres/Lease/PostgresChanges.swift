import PostgresClient

/// What has been written to a copy since it was clean.
struct PostgresChanges: Sendable {
    struct TableChange: Sendable {
        /// The table's number.
        var table: String
        var inserted: Int
        /// Whether rows were added and nothing else was done.
        var isInsertOnly: Bool
    }

    var tables: [TableChange] = []
    /// The sequences that stand elsewhere, by their index in the template.
    var sequences: [(index: Int, value: PostgresTemplate.Sequence)] = []
    /// Whether there was DDL, or something that the server does in the same way, such as TRUNCATE.
    var hasCatalogChanges = false
    /// Whether something was written that no rows of tables can tell.
    var isBeyondRows = false
    var serverStart = ""
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

    static func read(_ template: PostgresTemplate, _ admin: PostgresConnection) async throws -> PostgresChanges {
        // Statistics that the server gathers by itself are no content.
        var sql = """
            SELECT 'server', pg_postmaster_start_time()::text, (SELECT max(oid)::bigint FROM pg_roles), NULL::bigint,
                   NULL::bigint
            UNION ALL
            SELECT 'properties', \(properties(of: "current_database()")), NULL, NULL, NULL
            UNION ALL
            SELECT CASE WHEN relnamespace = 'pg_catalog'::regnamespace THEN
                       CASE WHEN relname LIKE 'pg\\_largeobject%' THEN 'beyond' ELSE 'catalog' END
                   WHEN relkind = 'm' THEN 'beyond' ELSE 'table' END, oid::text, inserted, updated, deleted
              FROM (SELECT oid, relname, relnamespace, relkind, pg_stat_get_tuples_inserted(oid) AS inserted,
                           pg_stat_get_tuples_updated(oid) AS updated, pg_stat_get_tuples_deleted(oid) AS deleted
                      FROM pg_class WHERE relkind IN ('r', 'm') AND NOT relisshared AND relpersistence <> 't'
                       AND relname NOT IN ('pg_statistic', 'pg_statistic_ext_data')) AS c
             WHERE inserted + updated + deleted > 0
            """
        for (index, sequence) in template.sequences.enumerated() {
            sql += "\nUNION ALL SELECT 'sequence', '\(index)', last_value, is_called::int, NULL FROM \(sequence.name)"
        }
        let rows: PostgresRows
        do {
            rows = try await admin.query(sql)
        } catch {
            guard error.code == .server else { throw error }
            // A sequence that isn't there any more.
            var changes = PostgresChanges()
            changes.isBeyondRows = true
            return changes
        }
        var changes = PostgresChanges()
        for row in rows {
            let name = try row.string(1)
            switch try row.string(0) {
            case "server":
                changes.serverStart = name
                changes.newestRole = try row.int(2)
            case "properties": changes.properties = name
            case "table":
                let inserted = try row.int(2)
                let isInsertOnly = try row.int(3) == 0 && row.int(4) == 0
                changes.tables.append(TableChange(table: name, inserted: inserted, isInsertOnly: isInsertOnly))
            case "catalog": changes.hasCatalogChanges = true
            case "beyond": changes.isBeyondRows = true
            default:
                guard let index = Int(name) else { continue }
                var value = template.sequences[index]
                value.lastValue = try row.int(2)
                value.isCalled = try row.int(3) == 1
                if value != template.sequences[index] { changes.sequences.append((index, value)) }
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
               AND relkind IN ('r', 'm') AND oid >= 16384 AND relpersistence <> 't'
            """
        for row in try await admin.query(sql) {
            let number = try row.string(0)
            if try row.string(1) == "m" { isBeyondRows = true }
            tables.removeAll { $0.table == number }
            tables.append(TableChange(table: number, inserted: 0, isInsertOnly: false))
        }
    }
}
