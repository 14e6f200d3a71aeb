import NexEnvTesting
import Testing

@Suite(.leases(.postgres("shop"))) struct PriceTests {
    @Test(arguments: [0, 5, 19]) func newPlan(price: Int) async throws {
        let shop = try Lease.current.postgres()
        try await shop.query("INSERT INTO plan (code, price) VALUES ('new', $1)", [PostgresValue(price)])
        #expect(try await shop.query("SELECT count(*) FROM plan")[0].int(0) == 3)
    }

    @Test func negativePrice() async throws {
        let shop = try Lease.current.postgres()
        await #expect(throws: PostgresError.self) {
            try await shop.query("INSERT INTO plan (code, price) VALUES ('new', -1)")
        }
    }
}
