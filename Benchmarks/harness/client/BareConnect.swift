import PostgresClient

/// The floor: a database that everybody shares, to which a test logs in and writes nothing.
final class BareConnect: Strategy {
    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func open() async throws -> PostgresConnection { try await .connect(to: stage.owner(Preparation.shared)) }

    func giveBack(_ connection: PostgresConnection, undoing: String) async throws { await connection.close() }
}
