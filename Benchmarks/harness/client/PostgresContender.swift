import PostgresClient

/// A strategy, by which a test gets its database, writes to it and looks at it.
final class PostgresContender: Contender {
    private let tables: CanaryTables
    private let strategy: any Strategy
    private let isReadOnly: Bool
    private var connection: PostgresConnection?

    init(_ tables: CanaryTables, _ strategy: any Strategy, isReadOnly: Bool = false) {
        self.tables = tables
        self.strategy = strategy
        self.isReadOnly = isReadOnly
    }

    func get(_ life: Life) async throws {
        let connection = try await strategy.open()
        self.connection = connection
        try tables.checkFirst(try await connection.query(tables.first(life)))
    }

    func use(_ life: Life) async throws {
        guard let connection else { return }
        if !isReadOnly { _ = try await connection.execute(tables.write(life)) }
        try tables.check(try await connection.query(tables.look(life)), hasWritten: !isReadOnly)
    }

    func giveBack(_ life: Life) async throws {
        guard let connection else { return }
        try await strategy.giveBack(connection, undoing: tables.undo(life))
        self.connection = nil
    }

    func end() async { await strategy.end() }
}
