import PostgresClient

/// One set on its way into its table.
///
/// An empty table takes the rows as they come. Otherwise they go to stages first, one for each group of columns, and of them to
/// the table only those that are new or differ: a row that is as it should be isn't written, so that running again leaves no
/// dead tuples.
struct PostgresSeedTable {
    let load: SeedLoad
    let session: PostgresSession
    let options: SeedOptions
    let table: String
    let columns: [String: SeedTableColumn]
    let key: [String]

    private(set) var outcome: SeedOutcome
    private let number: Int
    private let helper: PostgresSeedHelper?
    private var batches: [SeedBatch]
    private var isStaged = false
    private var rowCount = 0
    private var keepsRowsThatGo = false
    private let start = ContinuousClock.now

    init(
        _ load: SeedLoad,
        number: Int,
        _ session: PostgresSession,
        _ helper: PostgresSeedHelper?,
        _ options: SeedOptions
    ) throws {
        self.load = load
        self.helper = helper
        self.number = number
        self.session = session
        self.options = options
        table = try PostgresSeedCatalog.quotedName(of: load.set.target)
        columns = Dictionary(load.state.columns.map { ($0.name, $0) }) { first, _ in first }
        key = try load.key.map { try PostgresIdentifier.quoted($0) }
        batches = load.rows.batches
        outcome = SeedOutcome(set: load.name, target: load.set.target.written)
    }

    // MARK: - Filling

    /// Adds rows and changes those that differ.
    mutating func fill() throws {
        for index in batches.indices { try PostgresSeedHashes(self).put(into: &batches[index]) }
        // What a query reads is there only now.
        if load.query != nil, load.set.mode.removesRows { try removeRows() }
        let takesAll =
            try load.query == nil
            && (load.set.mode == .append || (!isStaged && load.set.mode != .sync && isEmpty()))
        if !takesAll { try stage() }
        for (index, batch) in batches.enumerated() {
            if takesAll { outcome.inserted += try copy(batch, into: table) } else { try merge(batch, stageName(index)) }
        }
        if takesAll { rowCount = outcome.inserted }
        outcome.unchanged = rowCount - outcome.inserted - outcome.updated
        if !options.isPlan { try moveSequences() }
    }

    private func isEmpty() throws -> Bool {
        // Nobody else adds rows from here to the end.
        _ = try session.execute("LOCK TABLE \(table) IN SHARE ROW EXCLUSIVE MODE")
        return try session.query("SELECT NOT EXISTS (SELECT FROM \(table))")[0].bool(0)
    }

    private func stageName(_ index: Int) -> String { "nexenv.seed_stage_\(number)_\(index)" }

    /// Puts all rows into tables like their columns.
    private mutating func stage() throws {
        if isStaged { return }
        isStaged = true
        if let query = load.query { return try stage(query) }
        for (index, batch) in batches.enumerated() {
            try requireKey(in: batch)
            if let count = try stageInTwo(batch, stageName(index)) {
                rowCount += count
                continue
            }
            try makeStage(stageName(index), for: batch)
            rowCount += try copy(batch, into: stageName(index))
        }
    }

    /// Puts the rows of a query into a table like their columns.
    private mutating func stage(_ query: SeedQuery) throws {
        let made = "nexenv_query"
        let names = try PostgresSeedQuery(query, session).run(into: made)
        if let unknown = names.first(where: { columns[$0] == nil }) {
            let hint = Suggestion.hint(for: unknown, among: columns.keys.sorted(), noun: "columns")
            throw problem("`\(load.set.target.name)` has no column `\(unknown)`", at: nil, hint: hint)
        }
        let batch = SeedBatch(columns: names, content: .table)
        batches = [batch]
        try requireKey(in: batch)
        try makeStage(stageName(0), for: batch)
        let list = try quotedList(names)
        do {
            let sql = "INSERT INTO \(stageName(0)) (\(list)) SELECT \(list) FROM \(made)"
            rowCount = try session.execute(sql).affectedRows
        } catch let error {
            throw PostgresSeedErrors.diagnostics(error, of: load, at: nil)
        }
        _ = try session.execute("DROP TABLE \(made)")
        options.report(.rows(set: load.name, done: rowCount, total: rowCount))
    }

    /// Puts many rows into a stage over two sessions; returns how many, or nothing where one session has to do it.
    private func stageInTwo(_ batch: SeedBatch, _ stage: String) throws -> Int? {
        guard batch.isLarge, let helper else { return nil }
        let names = try quotedList(batch.columns)
        let forms = batch.columns.map { columns[$0]?.form ?? .scalar }
        _ = try session.execute("SAVEPOINT nexenv_two")
        do {
            var done = 0
            return try helper.fill(
                stage,
                like: "SELECT \(names) FROM \(table)",
                columns: names,
                with: session
            ) { write in
                try batch.copy(nil, forms) { buffer, rows in
                    try buffer.withBytes { try write($0) }
                    done += rows
                    options.report(.rows(set: load.name, done: done, total: load.rows.count))
                }
            }
        } catch let error as PostgresError {
            guard error.code != .cancelled else { throw error }
            // A row that is refused has its number only where all rows go one way.
            _ = try session.execute("ROLLBACK TO SAVEPOINT nexenv_two; DROP TABLE IF EXISTS \(stage)")
            return nil
        }
    }

    /// Makes a stage, which the transaction drops again: a temporary table would be read by one process only.
    func makeStage(_ stage: String, for batch: SeedBatch) throws {
        let names = try quotedList(batch.columns)
        _ = try session.execute("CREATE UNLOGGED TABLE \(stage) AS SELECT \(names) FROM \(table) WITH NO DATA")
    }

    private mutating func dropStages() throws {
        guard isStaged else { return }
        for index in batches.indices { _ = try session.execute("DROP TABLE \(stageName(index))") }
        isStaged = false
    }

    func quotedList(_ names: [String]) throws -> String {
        try names.map { try PostgresIdentifier.quoted($0) }.joined(separator: ", ")
    }

    /// Sends rows by COPY.
    private func copy(_ batch: SeedBatch, into destination: String) throws -> Int {
        do {
            return try copy(batch, nil, into: destination) { done in
                let before = max(outcome.inserted, rowCount)
                options.report(.rows(set: load.name, done: before + done, total: load.rows.count))
            }
        } catch let error as PostgresError {
            throw PostgresSeedErrors(self).diagnostics(error, in: batch)
        }
    }

    /// Sends a part of the rows by COPY.
    func copy(
        _ batch: SeedBatch,
        _ range: Range<Int>?,
        into destination: String,
        report: (Int) -> Void = { _ in }
    ) throws -> Int {
        let forms = batch.columns.map { columns[$0]?.form ?? .scalar }
        var done = 0
        return try session.copyIn("COPY \(destination) (\(quotedList(batch.columns))) FROM STDIN") { write in
            try batch.copy(range, forms) { buffer, rows in
                try buffer.withBytes { try write($0) }
                done += rows
                report(done)
            }
        }.affectedRows
    }

    // MARK: - Merging

    private mutating func merge(_ batch: SeedBatch, _ stage: String) throws {
        do {
            _ = try session.execute("SAVEPOINT nexenv_merge")
            let counts = try merge(batch.columns, from: stage) { try requireKeyValues(in: batch, stage) }
            outcome.inserted += counts.inserted
            outcome.updated += counts.updated
            _ = try session.execute("RELEASE SAVEPOINT nexenv_merge")
        } catch let error as PostgresError {
            _ = try session.execute("ROLLBACK TO SAVEPOINT nexenv_merge")
            throw PostgresSeedErrors(self).diagnostics(error, in: batch)
        }
    }

    /// The rows of a stage that are new or differ.
    private static let difference = "nexenv_difference"

    /// Brings the rows of a stage that are new or differ into the table.
    ///
    /// - Parameter check: Looks at those rows before they are written.
    func merge(
        _ names: [String],
        from stage: String,
        check: () throws -> Void = {}
    ) throws -> (inserted: Int, updated: Int) {
        let difference = Self.difference
        let matches = key.map { "t.\($0) = s.\($0)" }.joined(separator: " AND ")
        let changing = load.set.mode == .ensure ? [] : names.filter(mayChange)
        let changes = try changing.map { try PostgresIdentifier.quoted($0) }
        let differs = zip(changing, changes).map { name, quoted in
            let cast = comparison(of: name)
            return "t.\(quoted)\(cast) IS DISTINCT FROM s.\(quoted)\(cast)"
        }
        let list = try quotedList(names)
        let count = try session.execute(
            """
            CREATE TEMP TABLE \(difference) ON COMMIT DROP AS
            SELECT \(try names.map { "s." + (try PostgresIdentifier.quoted($0)) }.joined(separator: ", ")),
                   t.\(key[0]) IS NULL AS nexenv_is_new
              FROM \(stage) s LEFT JOIN \(table) t ON \(matches)
             WHERE \((["t.\(key[0]) IS NULL"] + differs).joined(separator: " OR "))
            """
        ).affectedRows
        defer { _ = try? session.execute("DROP TABLE \(difference)") }
        guard count > 0 else { return (0, 0) }
        try check()
        var updated = 0
        if !changes.isEmpty {
            let assignments = changes.map { "\($0) = s.\($0)" }.joined(separator: ", ")
            updated = try session.execute(
                "UPDATE \(table) t SET \(assignments) FROM \(difference) s WHERE \(matches) AND NOT s.nexenv_is_new"
            ).affectedRows
        }
        let inserted = try session.execute(
            """
            INSERT INTO \(table) (\(list)) OVERRIDING SYSTEM VALUE
            SELECT \(list) FROM \(difference) WHERE nexenv_is_new
            """
        ).affectedRows
        if load.set.mode == .sync { try noteRows(difference) }
        return (inserted, updated)
    }

    private func mayChange(_ column: String) -> Bool {
        !load.key.contains(column) && !load.set.insertOnly.contains(column) && columns[column]?.isFixed != true
    }

    /// A cast under which two values can be compared: some types have no equality.
    private func comparison(of column: String) -> String {
        ["json", "xml", "point", "polygon", "line"].contains(columns[column]?.type ?? "") ? "::text" : ""
    }

    private func requireKey(in batch: SeedBatch) throws {
        guard let missing = load.key.first(where: { !batch.columns.contains($0) }) else { return }
        let message = "the row has no value for `\(missing)`, by which it would be found again"
        throw problem(message, at: batch.origin(of: 0), hint: "name the columns that identify a row: `key: [email]`")
    }

    /// Makes sure that each row that is written can be found again, and is in the stage once.
    ///
    /// Of rows that are in the table as they should be, two with one key don't contradict each other.
    private func requireKeyValues(in batch: SeedBatch, _ stage: String) throws {
        let list = key.joined(separator: ", ")
        let twice = """
            SELECT \(list) FROM \(stage) WHERE (\(list)) IN (SELECT \(list) FROM \(Self.difference))
             GROUP BY \(list) HAVING count(*) > 1 LIMIT 1
            """
        if let row = try session.query(twice).first {
            let values = load.key.indices.map { row[$0].string ?? "" }
            let rows = batch.rows(atMost: 2) { fields in
                zip(load.key, values).allSatisfy { fields[$0]?.plainText == $1 }
            }
            let key = "\(load.key.joined(separator: ", ")) = \(values.joined(separator: ", "))"
            let first = rows.count > 1 ? batch.origin(of: rows[0]) : nil
            throw problem("two rows have \(key)", at: rows.last.map { batch.origin(of: $0) }, hint: nil, first)
        }
        let isNull = key.map { "\($0) IS NULL" }.joined(separator: " OR ")
        let nameless = "SELECT EXISTS (SELECT FROM \(Self.difference) WHERE \(isNull))"
        guard try session.query(nameless)[0].bool(0) else { return }
        let row = batch.rows { fields in load.key.contains { fields[$0] ?? .null == .null } }.first
        let message = "the row has no value for `\(load.key.joined(separator: ", "))`, by which it would be found again"
        throw problem(message, at: row.map { batch.origin(of: $0) }, hint: nil)
    }

    private func problem(
        _ message: String,
        at origin: SeedOrigin?,
        hint: String?,
        _ other: SeedOrigin? = nil
    ) -> Diagnostics {
        let text = "\(load.name)\(origin?.name ?? ""): \(message)"
        let related = other?.position.map { [Diagnostic.Related("the other one", at: $0)] } ?? []
        let diagnostic = Diagnostic(.seed, text, at: origin?.position ?? load.position, hint: hint, related: related)
        return Diagnostics([diagnostic], exitStatus: .dataError)
    }

    // MARK: - Removing

    /// Removes the rows that the set no longer has; where others still point at one, the next call does.
    mutating func removeRows() throws {
        try stage()
        let isKept = batches.indices.map { index in
            "EXISTS (SELECT FROM \(stageName(index)) s WHERE \(key.map { "t.\($0) = s.\($0)" }.joined(separator: " AND ")))"
        }
        let isGone = (isKept.map { "NOT \($0)" } + ["true"]).joined(separator: " AND ")
        _ = try session.execute("SAVEPOINT nexenv_remove")
        do {
            outcome.deleted += try load.set.mode == .sync ? removeOwn(isGone) : removeOthers(isGone)
            keepsRowsThatGo = false
            _ = try session.execute("RELEASE SAVEPOINT nexenv_remove")
        } catch let error as PostgresError {
            _ = try session.execute("ROLLBACK TO SAVEPOINT nexenv_remove")
            guard error.sqlState == "23503", !keepsRowsThatGo else {
                throw PostgresSeedErrors(self).diagnostics(error, in: nil)
            }
            keepsRowsThatGo = true
        }
    }

    /// Removes what could not be removed before other sets were loaded.
    mutating func removeRest() throws {
        if keepsRowsThatGo { try removeRows() }
    }

    private func removeOthers(_ isGone: String) throws -> Int {
        try session.execute("DELETE FROM \(table) t WHERE \(isGone)").affectedRows
    }

    private func removeOwn(_ isGone: String) throws -> Int {
        let own = "o.set = \(try PostgresIdentifier.literal(load.name)) AND o.key = \(keyArray("t."))"
        let sql = "DELETE FROM \(table) t USING nexenv.seed_row o WHERE \(own) AND \(isGone)"
        let count = try session.execute(sql).affectedRows
        _ = try session.execute(
            """
            DELETE FROM nexenv.seed_row o WHERE o.set = \(PostgresIdentifier.literal(load.name))
               AND NOT EXISTS (SELECT FROM \(table) t WHERE o.key = \(keyArray("t.")))
            """
        )
        return count
    }

    /// Notes the rows that the set has added: those are its own to remove.
    private func noteRows(_ diff: String) throws {
        _ = try session.execute(
            """
            INSERT INTO nexenv.seed_row (set, key)
            SELECT \(PostgresIdentifier.literal(load.name)), \(keyArray("")) FROM \(diff) WHERE nexenv_is_new
            ON CONFLICT DO NOTHING
            """
        )
    }

    private func keyArray(_ prefix: String) -> String {
        "ARRAY[\(key.map { "\(prefix)\($0)::text" }.joined(separator: ", "))]"
    }

    // MARK: - The rest

    /// Moves sequences past the numbers that rows brought along, so that the next row of the application gets a free one.
    ///
    /// Identities made from labels lie far above, in a range of their own; they don't count.
    private func moveSequences() throws {
        let integers = Set(batches.flatMap(\.columns)).filter {
            ["bigint", "integer", "smallint"].contains(columns[$0]?.type ?? "")
        }
        for column in integers.sorted() {
            let limit = columns[column].map { $0.integerRange.start } ?? 0
            let quoted = try PostgresIdentifier.quoted(column)
            _ = try session.query(
                """
                SELECT setval(w.sequence, w.highest)
                  FROM (SELECT pg_get_serial_sequence($1, $2)::regclass AS sequence,
                               (SELECT max(\(quoted)) FROM \(table) WHERE \(quoted) < \(limit)) AS highest) w
                 WHERE w.sequence IS NOT NULL AND w.highest > coalesce(pg_sequence_last_value(w.sequence), 0)
                """,
                [PostgresValue(table), PostgresValue(column)]
            )
        }
    }

    /// Notes that the set is loaded.
    mutating func finish() throws {
        try dropStages()
        outcome.seconds = (ContinuousClock.now - start).seconds
        try PostgresSeedLedger.note(load, rows: rowCount, on: session)
    }
}
