import PostgresClient

/// Tables that TimescaleDB makes as rows come in.
enum TimescaleChunks {
    /// Drops those that a template doesn't have: rows of a test have made them.
    ///
    /// - Returns: Their numbers.
    static func drop(notIn template: PostgresTemplate, _ admin: PostgresConnection) async throws -> Set<String> {
        let known = "{\(template.tables.keys.joined(separator: ","))}"
        let sql = """
            SELECT inhrelid, inhrelid::regclass FROM _timescaledb_catalog.hypertable
              JOIN pg_inherits ON inhparent = format('%I.%I', schema_name, table_name)::regclass
             WHERE inhrelid <> ALL ($1::oid[])
            """
        let chunks = try await admin.query(sql, [PostgresValue(known)])
        let names = try chunks.map { try $0.string(1) }
        if !names.isEmpty { try await admin.query("DROP TABLE \(names.joined(separator: ", "))") }
        return Set(try chunks.map { try $0.string(0) })
    }
}
