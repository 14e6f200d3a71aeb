import Foundation
import NexEnvTesting
import Testing
import XCTest

/// Finds the environment file from the source file, for Xcode and other programs that don't run tests in the package's folder.
let environmentFile = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../nexenv.yaml").path()

final class SessionTests: XCTestCase {
    func testOneTestOnlyNeedsIt() async throws {
        let lease = try await lease(.postgres("shop", seeds: .none), .redis("sessions"))
        let plans = try await lease.postgres().query("SELECT FROM plan")
        let sessions = try await lease.redis().send(["DBSIZE"])
        XCTAssertEqual([plans.count, sessions.int], [0, 1])
    }
}

@Suite(.leases(.postgres("shop", seeds: .sets("plans")))) struct ClientTests {
    @Test(.leases(.redis("sessions"))) func both() async throws {
        let lease = try Lease.current
        let url = try lease.postgres().url  // for any client: postgresql://shop:…@127.0.0.1:…/…
        #expect(url.hasPrefix("postgresql://shop:"))
        #expect(try lease.redis().url.hasPrefix("redis://"))
    }

    @Test func connection() async throws {
        let connection = try await Lease.current.postgres().connect()  // closed with the lease
        let prices = try await connection.transaction { session in
            try session.query("UPDATE plan SET price = price + 1")
            return try session.query("SELECT price FROM plan ORDER BY price").map { try $0.int("price") }
        }
        #expect(prices == [1, 20])
    }

    @Test(.leases(.redis("sessions"), from: environmentFile)) func otherFolder() async throws {
        #expect(try await Lease.current.redis().send(["GET", "session:ada"]).text == "open")
    }
}

struct IsolationTests {
    @Test(.leases(.postgres("shop", isolation: .transaction))) func rolledBack() async throws {
        let shop = try await Lease.current.postgres().connect()
        try await shop.query("DELETE FROM plan")
        let rows = try await shop.transaction { try $0.query("SELECT FROM plan") }  // a savepoint here
        #expect(rows.isEmpty)
    }
}

@Test func byHand() async throws {
    let lease = try await Lease.take(.postgres("shop"), holder: "the price list")
    let plans = try await lease.postgres().query("SELECT FROM plan")
    #expect(plans.count == 2)
    try await lease.release()
}
