import PostgresClient

/// Keeps the triggers of tables from running while sets are loaded that say so.
///
/// Foreign keys, constraint triggers and the triggers of extensions stay: they are part of what the table is.
struct PostgresSeedTriggers {
    private let session: PostgresSession
    private let tables: [PostgresSeedTable]
    private let triggers: [(table: String, name: String, isAlways: Bool)]

    init(_ tables: [PostgresSeedTable], _ session: PostgresSession) throws {
        self.session = session
        self.tables = tables
        let names = PostgresValue(Set(tables.filter { !$0.load.set.runsTriggers }.map(\.table)).sorted())
        triggers = try session.query(Self.list, [names]).map { row in
            (try row.string(0), try PostgresIdentifier.quoted(row.string(1)), try row.bool(2))
        }
    }

    private static let list = """
        SELECT w.name, t.tgname, t.tgenabled = 'A'
          FROM unnest($1::text[]) AS w (name)
          JOIN pg_trigger t ON t.tgrelid = to_regclass(w.name) AND NOT t.tgisinternal AND t.tgconstraint = 0
               AND t.tgenabled IN ('O', 'A')
         WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.tgfoid AND d.classid = 'pg_proc'::regclass
               AND d.deptype = 'e')
         ORDER BY 1, 2
        """

    /// Switches them off for the rest of the transaction; others wait before they write into the tables.
    ///
    /// - Throws: ``Diagnostics`` with the place of the set, such as one for a hypertable, whose triggers always run.
    func disable() throws {
        for trigger in triggers {
            do {
                _ = try session.execute("ALTER TABLE \(trigger.table) DISABLE TRIGGER \(trigger.name)")
            } catch {
                guard let table = tables.first(where: { $0.table == trigger.table && !$0.load.set.runsTriggers }) else {
                    throw error
                }
                throw PostgresSeedErrors.diagnostics(error, of: table.load, at: nil)
            }
        }
    }

    /// Switches them on again; not before constraints that wait for the end are checked.
    func enable() throws {
        for trigger in triggers {
            let how = trigger.isAlways ? "ENABLE ALWAYS" : "ENABLE"
            _ = try session.execute("ALTER TABLE \(trigger.table) \(how) TRIGGER \(trigger.name)")
        }
    }
}
