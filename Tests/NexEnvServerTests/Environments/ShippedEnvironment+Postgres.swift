import PostgresClient
import Testing

extension ShippedEnvironment {
    /// The tables of an application: no catalog, none of nexenv's own and no parts of other tables.
    private static let tables = """
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
           AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'nexenv', 'private_chunks')
           AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT LIKE '\\_timescaledb%'
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        """

    /// The names of an application's tables with their schema, sorted.
    func tables(_ target: String) async throws -> [String] {
        try await strings("SELECT name FROM (\(Self.tables)) t ORDER BY name", target)
    }

    /// Returns the first column of a query's rows.
    func strings(_ sql: String, _ target: String) async throws -> [String] {
        try await project.postgres(target) { connection in
            try await connection.query(sql).map { try $0.string(0) }
        }
    }

    func expectTablesFilled(_ target: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let tables = try await tables(target)
        #expect(!tables.isEmpty, "\(target)", sourceLocation: sourceLocation)
        for table in tables {
            let isFilled = try await project.value("SELECT EXISTS (SELECT FROM \(table))", target)
            #expect(isFilled == "t", "\(target) \(table) is empty", sourceLocation: sourceLocation)
        }
    }

    /// Looks for rows whose foreign key has no row to point to, whatever the server believes: rows may be
    /// loaded past triggers.
    func expectForeignKeysConsistent(_ target: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let checks = """
            SELECT format('%s.%s', c.conrelid::regclass, c.conname), format(
                'SELECT count(*) FROM %s AS child WHERE %s AND NOT EXISTS (SELECT FROM %s AS parent WHERE %s)',
                c.conrelid::regclass,
                string_agg(format('child.%I IS NOT NULL', a.attname), ' AND '),
                c.confrelid::regclass,
                string_agg(format('parent.%I = child.%I', b.attname, a.attname), ' AND ')
            )
            FROM pg_constraint AS c
            CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k (child, parent)
            JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.child
            JOIN pg_attribute AS b ON b.attrelid = c.confrelid AND b.attnum = k.parent
            WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid IN (SELECT oid FROM (\(Self.tables)) t)
            GROUP BY c.oid, c.conname, c.conrelid, c.confrelid
            """
        try await project.postgres(target) { connection in
            for row in try await connection.query(checks) {
                let orphans = try await connection.query(try row.string(1))[0].int(0)
                let name = try row.string(0)
                #expect(orphans == 0, "\(target) \(name)", sourceLocation: sourceLocation)
            }
        }
    }

    func expectIndexesAndConstraintsValid(
        _ target: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let broken = try await strings(
            """
            SELECT 'index ' || indexrelid::regclass FROM pg_index WHERE NOT (indisvalid AND indisready AND indislive)
            UNION ALL
            SELECT 'constraint ' || conname FROM pg_constraint WHERE NOT convalidated
            """,
            target
        )
        #expect(broken.isEmpty, "\(target)", sourceLocation: sourceLocation)
    }

    /// Expects statements to be refused with an SQLSTATE; what they did before is taken back.
    func expectRefused(
        _ sqlState: String,
        _ statements: String,
        _ target: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await project.postgres(target) { connection in
            do {
                try await connection.execute("BEGIN;\n\(statements)")
                Issue.record("\(target) accepted: \(statements)", sourceLocation: sourceLocation)
            } catch let error as PostgresError {
                #expect(error.sqlState == sqlState, "\(error.message): \(statements)", sourceLocation: sourceLocation)
            }
        }
    }

    /// Runs statements in a transaction that is taken back, and returns the first cell of the last one's first row.
    func trying(_ statements: [String], _ target: String) async throws -> String? {
        try await project.postgres(target) { connection in
            try await connection.execute("BEGIN")
            for statement in statements.dropLast() { try await connection.execute(statement) }
            let rows = try await connection.query(statements.last ?? "SELECT NULL")
            return rows.isEmpty ? nil : rows[0][0].string
        }
    }

    /// Every table says what it is for.
    func expectTablesDescribed(_ target: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let silent = "SELECT name FROM (\(Self.tables)) t WHERE obj_description(oid, 'pg_class') IS NULL ORDER BY name"
        #expect(try await strings(silent, target) == [], "\(target)", sourceLocation: sourceLocation)
    }

    /// Every foreign key has an index that begins with its columns.
    func expectForeignKeysIndexed(_ target: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let without = """
            SELECT c.conrelid::regclass || '.' || c.conname FROM pg_constraint c
             WHERE c.contype = 'f' AND c.conrelid IN (SELECT oid FROM (\(Self.tables)) t) AND NOT EXISTS (
                SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL
                   AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
             )
            """
        #expect(try await strings(without, target) == [], "\(target)", sourceLocation: sourceLocation)
    }

    /// No time in a database is later than a moment, but for columns that are about what is to come.
    func expectNothingLater(
        than moment: String,
        in target: String,
        but futures: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let later = """
            SELECT replace(t.name, 'public.', '') || '.' || a.attname FROM (\(Self.tables)) t
              JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.atttypid = 'timestamptz'::regtype
             WHERE query_to_xml(
                format('SELECT FROM %s WHERE %I > timestamptz ''\(moment) 00:00:00Z'' LIMIT 1', t.name, a.attname),
                false, false, ''
             )::text LIKE '%<row%' ORDER BY 1
            """
        #expect(try await strings(later, target) == futures, "\(target)", sourceLocation: sourceLocation)
    }

    /// A query for the tables with a row in which one of some texts occurs, in small letters or capitals; `none`.
    static func tablesMentioning(_ texts: [String]) -> String {
        let conditions = texts.map { "strpos(lower(r::text), ''\($0.lowercased())'') > 0" }.joined(separator: " OR ")
        return """
            SELECT coalesce(string_agg(replace(t.name, 'public.', ''), ' ' ORDER BY t.name), 'none') FROM (\(tables)) t
             WHERE query_to_xml(
                format('SELECT FROM %s AS r WHERE \(conditions) LIMIT 1', t.name), false, false, ''
             )::text LIKE '%<row%'
            """
    }

    /// Makes a log-in that has a role on the server `service`, and returns how it reaches one of its databases.
    func logIn(
        _ user: String,
        in role: String,
        to database: String,
        on service: String = "postgres"
    ) async throws -> PostgresConfiguration {
        _ = try await project.postgres(service) { connection in
            try await connection.execute("CREATE ROLE \(user) LOGIN PASSWORD 'secret' IN ROLE \(role)")
        }
        let port = try await project.port(service)
        return try PostgresConfiguration(url: "postgresql://\(user):secret@127.0.0.1:\(port)/\(database)")
    }
}
