import PostgresClient

/// As many copies as nexenv has, and a table that says which are free: taken by `FOR UPDATE SKIP LOCKED`.
///
/// Bringing a copy back costs it as little as can be: it is told what the test wrote and undoes just that, without looking. The
/// connection to the table is kept.
final class PoolTable: Strategy {
    private let stage: Stage
    private var control: PostgresConnection?
    private var database = ""

    init(_ stage: Stage) { self.stage = stage }

    func open() async throws -> PostgresConnection {
        let control =
            if let kept = control { kept } else {
                try await PostgresConnection.connect(to: stage.owner(Preparation.poolTable))
            }
        self.control = control
        let take = """
            UPDATE pool SET is_taken = true
             WHERE name = (SELECT name FROM pool WHERE NOT is_taken ORDER BY name LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING name
            """
        while true {
            if let row = try await control.query(take).first {
                database = try row.string(0)
                return try await .connect(to: stage.owner(database))
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    func giveBack(_ connection: PostgresConnection, undoing: String) async throws {
        _ = try await connection.execute(undoing)
        await connection.close()
        try await control?.query("UPDATE pool SET is_taken = false WHERE name = $1", [PostgresValue(database)])
    }

    func end() async { await control?.close() }
}
