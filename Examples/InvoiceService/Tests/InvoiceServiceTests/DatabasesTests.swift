@testable import InvoiceService
import NexEnvTesting
import Testing

/// The service as it is started: all that it knows of its databases is in variables.
@Suite(.leases(.postgres("billing"), .mongodb("activity"), .redis("limits"), .redis("numbers")))
struct DatabasesTests {
    private func variables() throws -> [String: String] {
        let lease = try Lease.current
        return [
            "POSTGRES_BILLING_URL": try lease.postgres("billing").url,
            "MONGO_ACTIVITY_URL": try lease.mongodb("activity").url,
            "REDIS_LIMITS_URL": try lease.redis("limits").url,
            "REDIS_NUMBERS_URL": try lease.redis("numbers").url,
        ]
    }

    @Test("addresses are all that it needs") func connect() async throws {
        let databases = try await Databases.connect(variables())
        let service = InvoiceService(databases, user: "clerk")
        let ada = try await service.customers.seeded("ada")
        #expect(try await service.customers.count() == 102)
        let draft = try await service.draft(for: ada.id, [.init("Paper", price: .euros(5))])
        #expect(try await service.issue(draft.id, on: "2025-03-01").number == "2025-0003")
        await databases.close()
    }

    @Test("an address that is missing is named") func missing() async throws {
        var variables = try variables()
        variables["REDIS_LIMITS_URL"] = nil
        await #expect(throws: InvoiceError.notConfigured(variable: "REDIS_LIMITS_URL")) {
            try await Databases.connect(variables)
        }
    }
}
