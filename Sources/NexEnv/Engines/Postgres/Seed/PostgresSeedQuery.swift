import PostgresClient

/// Runs the query whose rows a set has, with other sets as temporary tables beside the database's own.
struct PostgresSeedQuery {
    private let query: SeedQuery
    private let session: PostgresSession

    init(_ query: SeedQuery, _ session: PostgresSession) {
        self.query = query
        self.session = session
    }

    /// Puts the rows into a new temporary table.
    ///
    /// - Returns: The names of its columns.
    /// - Throws: ``Diagnostics`` with the place in the file.
    func run(into table: String) throws -> [String] {
        for input in query.inputs {
            if case .query(let other) = input.rows {
                try Self.make(try PostgresIdentifier.quoted(input.name), of: other, session)
            } else {
                try fill(input)
            }
            _ = try session.execute("ANALYZE \(try PostgresIdentifier.quoted(input.name))")
        }
        try Self.make(table, of: query, session)
        // From here on the names are the database's own again.
        for input in query.inputs {
            _ = try session.execute("DROP TABLE pg_temp.\(PostgresIdentifier.quoted(input.name))")
        }
        let columns = """
            SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 ORDER BY attnum
            """
        return try session.query(columns, [PostgresValue("pg_temp.\(table)")]).map { try $0.string(0) }
    }

    /// Makes a temporary table of the rows of a query.
    private static func make(_ table: String, of query: SeedQuery, _ session: PostgresSession) throws {
        let start = "CREATE TEMP TABLE \(table) ON COMMIT DROP AS\n"
        do {
            _ = try session.execute(start + query.statement.text)
        } catch {
            var error = error
            error.position = error.position.map { max(1, $0 - start.unicodeScalars.count) }
            throw PostgresScriptError.thrown(error, at: query.statement)
        }
    }

    /// Makes a temporary table of a set's rows.
    private func fill(_ input: SeedQuery.Input) throws {
        let table = try PostgresIdentifier.quoted(input.name)
        let batches = input.rows.batches
        var names: [String] = []
        for name in batches.flatMap(\.columns) where !names.contains(name) { names.append(name) }
        var types: [String: String] = [:]
        for name in names {
            // A type that only the set's own database has is a text here.
            guard let type = input.types[name] else { continue }
            let isThere = try session.query("SELECT to_regtype($1) IS NOT NULL", [PostgresValue(type)])[0].bool(0)
            if isThere { types[name] = type }
        }
        let columns = try names.map { "\(try PostgresIdentifier.quoted($0)) \(types[$0] ?? "text")" }
        _ = try session.execute("CREATE TEMP TABLE \(table) (\(columns.joined(separator: ", "))) ON COMMIT DROP")
        for batch in batches {
            let forms = batch.columns.map { name -> SeedColumnForm in
                guard let type = types[name] else { return .scalar }
                return type.hasSuffix("[]") ? .array : type.hasPrefix("json") ? .json : .scalar
            }
            let list = try batch.columns.map { try PostgresIdentifier.quoted($0) }.joined(separator: ", ")
            _ = try session.copyIn("COPY \(table) (\(list)) FROM STDIN") { write in
                try batch.copy(nil, forms) { buffer, _ in try buffer.withBytes { try write($0) } }
            }
        }
    }
}
