import PostgresClient

/// Tables that TimescaleDB makes as rows come in.
enum TimescaleChunks {
    /// Drops those that a template doesn't have: rows of a test have made them.
    static func drop(notIn template: PostgresTemplate, _ admin: PostgresConnection) async throws {
        let known = "{\(template.tables.keys.joined(separator: ","))}"
        let sql = """
            SELECT inhrelid::regclass FROM _timescaledb_catalog.hypertable
              JOIN pg_inherits ON inhparent = format('%I.%I', schema_name, table_name)::regclass
             WHERE inhrelid <> ALL ($1::oid[])
            """
        let names = try await admin.query(sql, [PostgresValue(known)]).map { try $0.string(0) }
        if !names.isEmpty { try await admin.query("DROP TABLE \(names.joined(separator: ", "))") }
    }
}
