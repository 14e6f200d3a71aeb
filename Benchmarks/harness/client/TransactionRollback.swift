import PostgresClient

/// A database that everybody shares, and a transaction for each test that is rolled back; the connection is kept.
///
/// What is tested can't commit, and has to use this one connection.
final class TransactionRollback: Strategy {
    private let stage: Stage
    private var connection: PostgresConnection?

    init(_ stage: Stage) { self.stage = stage }

    func open() async throws -> PostgresConnection {
        let connection =
            if let kept = connection { kept } else {
                try await PostgresConnection.connect(to: stage.owner(Preparation.shared))
            }
        self.connection = connection
        try await connection.query("BEGIN")
        return connection
    }

    func giveBack(_ connection: PostgresConnection, undoing: String) async throws {
        try await connection.query("ROLLBACK")
    }

    func end() async { await connection?.close() }
}
