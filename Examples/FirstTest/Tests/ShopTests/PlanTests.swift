import NexEnvTesting
import XCTest

final class PlanTests: LeasingTestCase {
    override class var databases: [DatabaseRequest] { [.postgres("shop")] }

    func testPlansComeFromSeeds() async throws {
        let rows = try await lease.postgres().query("SELECT code FROM plan ORDER BY price")
        XCTAssertEqual(try rows.map { try $0.string("code") }, ["free", "pro"])
    }

    func testPlansAreDeleted() async throws {
        let shop = try lease.postgres()
        let deleted = try await shop.query("DELETE FROM plan")
        XCTAssertEqual(deleted.affectedRows, 2)
    }
}
