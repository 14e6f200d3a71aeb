import NexEnv
import PostgresClient

/// What `NexEnvTesting` does: a lease, and what the test has written undone.
final class NexenvLease: Strategy {
    private let stage: Stage
    private let desk: LeaseDesk
    private var leased: LeasedDatabase?

    init(_ stage: Stage, _ desk: LeaseDesk) {
        self.stage = stage
        self.desk = desk
    }

    func open() async throws -> PostgresConnection {
        let request = Preparation.request(of: try stage.list("engines")[0])
        let leased = try await desk.lease([request], holder: "lease-bench")[0]
        self.leased = leased
        return try await PostgresSessions.ofProcess.open(leased)
    }

    func giveBack(_ connection: PostgresConnection, undoing: String) async throws {
        guard let leased else { return }
        await PostgresSessions.ofProcess.keep(connection, to: leased)
        let leaks = try await leased.giveBack()
        guard leaks.isEmpty else { throw BenchError("a test is said to have left something: \(leaks)") }
        self.leased = nil
    }
}
