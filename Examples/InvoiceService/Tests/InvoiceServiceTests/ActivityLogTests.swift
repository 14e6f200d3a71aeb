import Foundation
@testable import InvoiceService
import NexEnvTesting
import Testing

/// What MongoDB keeps, and what its validators refuse.
@Suite(.leases(.mongodb("activity")))
struct ActivityLogTests {
    private func log() async throws -> ActivityLog {
        let database = try Lease.current.mongodb()
        return ActivityLog(connection: try await database.connect(), database: database.name)
    }

    @Test("every kind of activity is kept as it was", arguments: Activity.Kind.allCases)
    func kinds(_ kind: Activity.Kind) async throws {
        let log = try await log()
        let activity = Activity(kind, 1, by: "ada", at: Date(timeIntervalSince1970: 1_740_000_000), amount: .euros(1))
        try await log.record(activity)
        #expect(try await log.history(of: 1) == [activity])
        #expect(try await log.counts(by: "ada") == [kind: 1])
        #expect(try await log.counts(by: "clerk") == [.issued: 1, .paid: 1])
    }

    @Test(
        "an activity that makes no sense is refused",
        arguments: [
            ["kind": "paid", "by": "ada"], ["invoice": .int64(1), "kind": "eaten", "by": "ada"],
            ["invoice": .int64(1), "kind": "paid", "by": ""],
            ["invoice": .int64(1), "kind": "paid", "by": "ada", "amount": .int64(0)],
        ] as [BSONDocument]
    )
    func refused(_ fields: BSONDocument) async throws {
        let database = try Lease.current.mongodb()
        var document = fields
        try document.append(.date(milliseconds: 0), forKey: "at")
        let reply = try await database.run(["insert": "activity", "documents": [.document(document)]])
        #expect(reply["writeErrors"]?.array?.first?.document?["code"]?.int == 121)
        #expect(try await database.run(["count": "activity"])["n"]?.int == 2)
    }
}

/// What stays of an invoice as it was issued.
@Suite(.leases(.postgres("billing"), .mongodb("activity"), .redis("limits"), .redis("numbers")))
struct ArchiveTests {
    @Test("an issued invoice stays as it was, whatever becomes of the customer") func archive() async throws {
        let lease = try Lease.current
        let service = try await lease.service()
        let bob = try await service.customers.seeded("bob")
        let draft = try await service.draft(for: bob.id, [.init("Paper", quantity: 2, price: .euros(5))])
        let issued = try await service.issue(draft.id, on: "2025-03-01")
        try await lease.postgres().query("UPDATE customer SET name = 'Robert' WHERE email = 'bob@example.test'")
        let archived = try #require(try await service.activity.archived("2025-0003"))
        #expect(archived["customer"]?.document?["name"]?.string == "Bob Cratchit")
        #expect(archived["total"]?.int == issued.total.cents)
        #expect(archived["lines"]?.array?.count == 1)
    }

    @Test("nothing is archived twice under one number") func twice() async throws {
        let service = try await Lease.current.service()
        let bob = try await service.customers.seeded("bob")
        let paid = try await service.invoices.seeded("2025-0002")
        try await service.activity.archive(paid, for: bob)
        let error = await #expect(throws: MongoError.self) {
            try await service.activity.archive(paid, for: bob)
        }
        #expect(error?.writeErrors.first?.code == 11000)
    }
}
