import PostgresClient

/// Puts the hashes of passwords into rows: the one that the table has where it is of the same password, or a new one.
struct PostgresSeedHashes {
    private let table: PostgresSeedTable

    init(_ table: PostgresSeedTable) {
        self.table = table
    }

    func put(into batch: inout SeedBatch) throws {
        switch batch.content {
        case .records(var records):
            for row in records.indices where !records[row].secrets.isEmpty { try put(into: &records[row]) }
            batch.content = .records(records)
        case .file, .table: break
        case .generated(_, let secrets):
            for secret in secrets { secret.set(try hash(secret.secret, anyHash(in: secret.column))) }
        }
    }

    private func put(into record: inout SeedRow) throws {
        for secret in record.secrets {
            let name = secret.path[0]
            let hash = try hash(secret, current(name, of: record))
            guard let field = record.fields.firstIndex(where: { $0.name == name }) else { continue }
            record.fields[field].value = .text(hash)
        }
    }

    /// A hash that some row of the table has: that of the generated rows is the same for all.
    private func anyHash(in column: String) throws -> String? {
        let name = try PostgresIdentifier.quoted(column)
        let sql =
            "SELECT \(name) FROM \(table.table) WHERE \(name) IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        return try table.session.query(sql).first?[0].string
    }

    private func hash(_ secret: SeedSecret, _ current: String?) throws -> String {
        guard secret.path.count == 1 else {
            let message = "the hash of a password can only be a column's whole value"
            throw Diagnostics([Diagnostic(.seed, message, at: secret.position)], exitStatus: .dataError)
        }
        return try secret.hash(current: current, keepsAny: table.load.set.keeps(secret.path[0]))
    }

    /// The hash that the row has in the table, if it is there.
    private func current(_ name: String, of record: SeedRow) throws -> String? {
        let load = table.load
        let values = load.key.map { key in record.fields.first { $0.name == key }?.value.plainText }
        guard !values.isEmpty, values.allSatisfy({ $0 != nil }) else { return nil }
        let condition = table.key.enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: " AND ")
        let sql = "SELECT \(try PostgresIdentifier.quoted(name)) FROM \(table.table) WHERE \(condition)"
        return try table.session.query(sql, values.map { PostgresValue($0) }).first?[0].string
    }
}
