import PostgresClient

/// What tables are like, and what was loaded into them, asked in few round trips.
enum PostgresSeedCatalog {
    static func read(
        _ all: [SeedTarget],
        _ connection: PostgresConnection
    ) async throws -> [SeedTarget: SeedTargetState] {
        var states: [SeedTarget: SeedTargetState] = [:]
        let targets = all.filter { !$0.path.isEmpty }
        // Scripts go to a database as a whole.
        for target in all where target.path.isEmpty { states[target] = SeedTargetState() }
        let names = PostgresValue(try targets.map { try quotedName(of: $0) })
        for row in try await connection.query(columns, [names]) {
            let target = targets[try row.int(0) - 1]
            states[target, default: SeedTargetState(uniqueKeys: [])].columns.append(try column(row))
        }
        for row in try await connection.query(keys, [names]) {
            let target = targets[try row.int(0) - 1]
            let columns = try row.string(2).split(separator: "\u{1}").map(String.init)
            states[target]?.uniqueKeys?.append(columns)
            if try row.bool(1) { states[target]?.key = columns }
        }
        for row in try await connection.query(needs, [names]) {
            states[targets[try row.int(0) - 1]]?.needs.insert(targets[try row.int(1) - 1])
        }
        for row in try await connection.query(versions, [names]) {
            states[targets[try row.int(0) - 1]]?.version = try row.string(1)
        }
        for (name, entry) in try await PostgresSeedLedger.read(connection) {
            for target in all where entry.target == target.written {
                states[target]?.loaded[name] = entry.entry
            }
        }
        for (target, state) in states {
            let shape = state.columns.map { "\($0.name) \($0.type)" } + state.key
            states[target]?.shape = shape.joined(separator: "\n")
        }
        return states
    }

    /// The table's name as SQL has it; with its schema where the file says one.
    static func quotedName(of target: SeedTarget) throws(PostgresError) -> String {
        target.path.count == 2
            ? try PostgresIdentifier.quoted(schema: target.path[0], target.path[1])
            : try PostgresIdentifier.quoted(target.name)
    }

    private static func column(_ row: PostgresRow) throws -> SeedTableColumn {
        let type = try row.string(2)
        var column = SeedTableColumn(name: try row.string(1), type: type)
        column.isComputed = try row.bool(3)
        if try row.bool(4) { column.form = .array }
        column.isFixed = try row.bool(5)
        switch type {
        case "json", "jsonb": column.form = .json
        case "uuid": column.identity = .uuid
        case "bigint": column.identity = .integer
        case "integer":
            column.identity = .integer
            column.integerRange = .small
        default: column.identity = .text
        }
        return column
    }

    private static let columns = """
        SELECT w.number, a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated <> '', t.typcategory = 'A', a.attidentity = 'a'
          FROM unnest($1::text[]) WITH ORDINALITY AS w (name, number)
          JOIN pg_attribute a ON a.attrelid = to_regclass(w.name) AND a.attnum > 0 AND NOT a.attisdropped
          JOIN pg_type t ON t.oid = a.atttypid
         ORDER BY w.number, a.attnum
        """

    private static let keys = """
        SELECT w.number, i.indisprimary, string_agg(a.attname, E'\\x01' ORDER BY k.place)
          FROM unnest($1::text[]) WITH ORDINALITY AS w (name, number)
          JOIN pg_index i ON i.indrelid = to_regclass(w.name) AND i.indisunique AND i.indisvalid
               AND i.indpred IS NULL AND i.indexprs IS NULL
         CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attribute, place)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attribute
         WHERE k.place <= i.indnkeyatts
         GROUP BY w.number, i.indexrelid, i.indisprimary ORDER BY w.number, i.indexrelid
        """

    private static let needs = """
        SELECT w.number, o.number
          FROM unnest($1::text[]) WITH ORDINALITY AS w (name, number)
          JOIN pg_constraint c ON c.conrelid = to_regclass(w.name) AND c.contype = 'f'
          JOIN unnest($1::text[]) WITH ORDINALITY AS o (name, number) ON c.confrelid = to_regclass(o.name)
         WHERE c.conrelid <> c.confrelid
        """

    /// A table's file and how many rows were ever written, its partitions and chunks included.
    static let versions = """
        WITH RECURSIVE parts AS (
            SELECT w.number, c.oid, c.relfilenode
              FROM unnest($1::text[]) WITH ORDINALITY AS w (name, number)
              JOIN pg_class c ON c.oid = to_regclass(w.name)
             UNION ALL
            SELECT p.number, c.oid, c.relfilenode
              FROM parts p JOIN pg_inherits h ON h.inhparent = p.oid JOIN pg_class c ON c.oid = h.inhrelid
        )
        SELECT number, sum(relfilenode::bigint) || '-' || sum(pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid)
               + pg_stat_get_tuples_deleted(oid)) FROM parts GROUP BY number
        """
}
