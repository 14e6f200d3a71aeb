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

/// What one test does is undone for the next, however far apart they are.
struct IsolationTests {
    private func take(_ isolation: Isolation) async throws -> Lease {
        try await Lease.take(.postgres("shop", isolation: isolation), from: LeaseEnvironment.path)
    }

    @Test(arguments: 0..<5) func `changes are rolled back`(_ number: Int) async throws {
        let lease = try await take(.transaction)
        let shop = try lease.postgres()
        #expect(try await shop.query("SELECT count(*) FROM item")[0].int(0) == 100)
        try await shop.query("DELETE FROM item")
        let connection = try await shop.connect()
        // The code under test has transactions of its own.
        _ = try await connection.transaction { try $0.query("INSERT INTO item (name) VALUES ('one')") }
        #expect(try await shop.query("SELECT count(*) FROM item")[0].int(0) == 1)
        if number == 3 { await #expect(throws: PostgresError.self) { try await shop.query("SELECT 1/0") } }
        try await lease.release()
    }

    @Test func `who commits is told so`() async throws {
        let lease = try await take(.transaction)
        try await lease.postgres().query("INSERT INTO item (name) VALUES ('one')")
        try await lease.postgres().query("COMMIT")
        let error = await #expect(throws: LeaseError.self) { try await lease.release() }
        #expect(error?.description.contains("a transaction that the test has committed") == true)
        let next = try await take(.database)
        #expect(try await next.postgres().query("SELECT count(*) FROM item")[0].int(0) == 100)
        try await next.release()
    }

    @Test func `a server of its own may be changed as a whole`() async throws {
        let lease = try await take(.server)
        let shop = try lease.postgres()
        #expect(try await shop.query("SELECT count(*) FROM item")[0].int(0) == 100)
        let other = try await take(.database)
        #expect(try other.postgres().configuration.port != shop.configuration.port)
        try await other.release()
        try await lease.release()
        let late = await #expect(throws: LeaseError.self) { try await shop.query("SELECT 1") }
        #expect(late?.description.contains("the lease has been released") == true)
        await #expect(throws: PostgresError.self) { _ = try await PostgresConnection.connect(to: shop.configuration) }
    }

    @Test func `single statements share a connection, and get another one when it is lost`() async throws {
        let lease = try await take(.database)
        let shop = try lease.postgres()
        let first = try await shop.query("SELECT pg_backend_pid()")[0].int(0)
        async let second = shop.query("SELECT pg_backend_pid()")[0].int(0)
        async let third = shop.query("SELECT pg_backend_pid()")[0].int(0)
        #expect(try await [second, third] == [first, first])
        await #expect(throws: PostgresError.self) {
            try await shop.query("SELECT pg_terminate_backend(pg_backend_pid())")
        }
        #expect(try await shop.query("SELECT count(*) FROM item")[0].int(0) == 100)
        try await lease.release()
    }

    @Test func `what Redis hasn't is said`() async throws {
        let error = await #expect(throws: LeaseError.self) {
            _ = try await Lease.take(.redis("cache", isolation: .transaction), from: LeaseEnvironment.path)
        }
        #expect(error?.description.contains(".server") == true)
    }

    @Test func `too many connections: which setting to raise`() async throws {
        let lease = try await take(.database)
        let error = await #expect(throws: LeaseError.self) {
            for _ in 0..<40 { _ = try await lease.postgres().connect() }
        }
        #expect(error?.description.contains("NEXENV_TEST_CONNECTIONS") == true)
        try await lease.release()
    }
}
