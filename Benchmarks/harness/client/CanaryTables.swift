import PostgresClient

/// What a test writes, and how it knows that nobody else's writes are there.
///
/// A template has tables `item_1`, `item_2` and so on, each with the same number of rows; a test's own rows have its name.
struct CanaryTables: Sendable {
    private let tables: Int
    private let rows: Int
    private let writes: Stage.Writes

    init(_ stage: Stage) throws {
        tables = try stage.number("tables")
        rows = try stage.number("rows")
        writes = try stage.writes
    }

    private var hypertables: [String] { writes == .hypertable ? ["measure"] : [] }

    /// The tables that a life uses: others than the lives before it, so that what is left anywhere is found.
    private func chosen(_ life: Life) -> [String] {
        [0, tables / 3, tables / 3 * 2].map { "item_\((life.number * 7 + $0) % tables + 1)" } + hypertables
    }

    /// The question that is answered first: whether one of the tables is as in the template.
    func first(_ life: Life) -> String {
        "SELECT count(*), count(*) FILTER (WHERE name LIKE 'canary%') FROM \(chosen(life)[0])"
    }

    func checkFirst(_ found: PostgresRows) throws {
        let (count, foreign) = (try found[0].int(0), try found[0].int(1))
        guard count == rows, foreign == 0 else {
            throw BenchError("a test found \(count) rows in place of \(rows), \(foreign) of them of other tests")
        }
    }

    func write(_ life: Life) -> String {
        switch writes {
        case .rows, .hypertable:
            // One round trip, one transaction.
            chosen(life).map { "INSERT INTO \($0) (name, note) VALUES ('\(life.name)', 'x')" }.joined(separator: ";")
        case .everywhere:
            (1...tables).map { "UPDATE item_\($0) SET name = '\(life.name)' WHERE id = 1" }.joined(separator: ";")
        }
    }

    /// The question whether all is there: per table the rows, the test's own and other tests'.
    func look(_ life: Life) -> String {
        chosen(life).map {
            "SELECT count(*), count(*) FILTER (WHERE name = '\(life.name)'), "
                + "count(*) FILTER (WHERE name LIKE 'canary%' AND name <> '\(life.name)') FROM \($0)"
        }.joined(separator: " UNION ALL ")
    }

    func check(_ found: PostgresRows, hasWritten: Bool) throws {
        let own = hasWritten ? 1 : 0
        let wanted = rows + (writes == .everywhere ? 0 : own)
        for row in found {
            let (count, mine, foreign) = (try row.int(0), try row.int(1), try row.int(2))
            guard count == wanted, mine == own, foreign == 0 else {
                throw BenchError("a test found \(count) rows in place of \(wanted), \(foreign) of other tests")
            }
        }
    }

    func undo(_ life: Life) -> String {
        chosen(life).map { "DELETE FROM \($0) WHERE name = '\(life.name)'" }.joined(separator: ";")
    }

    /// The question about all tables at once.
    var all: String {
        ((1...tables).map { "item_\($0)" } + hypertables).map {
            "SELECT count(*), 0, count(*) FILTER (WHERE name LIKE 'canary%') FROM \($0)"
        }.joined(separator: " UNION ALL ")
    }
}
