import PostgresClient

/// What belongs to a database's name rather than to what is in it: settings, rights, comment and connection limit.
///
/// A database that takes another one's place, and copies for tests, get them by statements.
struct PostgresNamedProperties: Sendable {
    /// The database whose they are.
    let original: String

    /// Stands for a database's quoted name in statements.
    private static let nameMark = "@nexenv-name@"
    /// Stands for a database's name as a text in statements.
    private static let textMark = "@nexenv-text@"

    /// Puts a database's name into statements.
    static func fill(_ statements: String, for database: String) throws -> String {
        statements.replacing(nameMark, with: try PostgresIdentifier.quoted(database))
            .replacing(textMark, with: try PostgresIdentifier.literal(database))
    }

    /// Returns statements that give a database these properties, with marks in place of its name.
    ///
    /// - Parameter connectionLimit: How many may log in at once; the original's own where it says nothing.
    func statements(_ admin: PostgresConnection, connectionLimit: Int? = nil) async throws -> String {
        let sql = """
            SELECT 'ALTER DATABASE \(Self.nameMark) CONNECTION LIMIT ' || \(connectionLimit.map { "\($0)" } ?? "datconnlimit") || ';'
              FROM pg_database WHERE datname = $1
            UNION ALL
            SELECT format('INSERT INTO pg_db_role_setting VALUES ((SELECT oid FROM pg_database WHERE datname = \(Self.textMark)), %s, %L);',
                          setrole, setconfig)
              FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = $1)
            UNION ALL
            SELECT format('COMMENT ON DATABASE \(Self.nameMark) IS %L;', shobj_description(oid, 'pg_database'))
              FROM pg_database WHERE datname = $1 AND shobj_description(oid, 'pg_database') IS NOT NULL
            UNION ALL
            SELECT format('REVOKE ALL ON DATABASE \(Self.nameMark) FROM PUBLIC; REVOKE ALL ON DATABASE \(Self.nameMark) FROM %I;',
                          pg_get_userbyid(datdba))
              FROM pg_database WHERE datname = $1 AND datacl IS NOT NULL
            UNION ALL
            SELECT format('GRANT %s ON DATABASE \(Self.nameMark) TO %s%s;', a.privilege_type,
                          CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                          CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
              FROM pg_database, aclexplode(datacl) AS a WHERE datname = $1
            """
        return try await admin.query(sql, [PostgresValue(original)]).map { try $0.string(0) }.joined(separator: "\n")
    }
}
