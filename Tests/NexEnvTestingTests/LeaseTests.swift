import Foundation
import NexEnvTesting
import Testing
import XCTest

/// The environment of these tests, which nobody has to start.
enum LeaseEnvironment {
    static let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Environment/nexenv.yaml")
        .path()
}

@Suite(.leases(.postgres("shop"), .mongodb("nexus"), .redis("cache"), from: LeaseEnvironment.path))
struct LeaseTests {
    @Test(arguments: 0..<20) func rows(_ number: Int) async throws {
        let shop = try Lease.current.postgres()
        #expect(try await shop.query("SELECT count(*) FROM item")[0].int(0) == 100)
        try await shop.query("INSERT INTO item (name) VALUES ('x'), ('y')")
        #expect(try await shop.query("SELECT count(*) FROM item")[0].int(0) == 102)
        let nexus = try Lease.current.mongodb()
        #expect(try await nexus.run(["count": "profile"])["n"]?.int == 20)
        try await nexus.run(["insert": "profile", "documents": [["email": "a@b", "age": 1]]])
        try await nexus.run(["delete": "profile", "deletes": [["q": ["email": ["$ne": "a@b"]], "limit": 1]]])
        let cache = try Lease.current.redis()
        #expect(try await cache.send(["DBSIZE"]).int == 10)
        try await cache.send(["SET", "a", "b"])
        try await cache.send(["DEL", "session:1"])
    }
}

final class LeaseXCTests: LeasingTestCase {
    override class var environment: String? { LeaseEnvironment.path }
    override class var databases: [DatabaseRequest] { [.postgres("shop")] }

    func testOne() async throws {
        try await lease.postgres().query("INSERT INTO item (name) VALUES ('x')")
        let rows = try await lease.postgres().query("SELECT count(*), min(id) > 0 FROM item")
        XCTAssertEqual(try rows[0].int(0), 101)
    }
    func testTwo() async throws {
        let shop = try await lease(.postgres("shop"), from: LeaseEnvironment.path).postgres()
        try await shop.query("DELETE FROM item")
        let rows = try await shop.query("SELECT count(*) FROM item")
        XCTAssertEqual(try rows[0].int(0), 0)
    }
}
