@testable import InvoiceService
import NexEnvTesting
import Testing

/// The way of an invoice, over all three databases.
@Suite(.leases(.postgres("billing"), .mongodb("activity"), .redis("limits"), .redis("numbers")))
struct InvoiceServiceTests {
    private let paper = Invoice.Line("Paper", quantity: 10, price: .euros(6))

    @Test("an invoice is written, issued and paid") func wholeWay() async throws {
        let service = try await Lease.current.service()
        let ada = try await service.customers.seeded("ada")
        let draft = try await service.draft(for: ada.id, [paper])
        let issued = try await service.issue(draft.id, on: "2025-03-01")
        #expect(issued.number == "2025-0003")
        #expect(try await service.customers.debt(of: ada.id) == .euros(160))
        _ = try await service.pay(draft.id, .euros(20), reference: "BANK-3", on: "2025-03-05")
        let paid = try await service.pay(draft.id, .euros(40), reference: "BANK-4", on: "2025-03-06")
        #expect(paid.state == .paid)
        #expect(try await service.customers.debt(of: ada.id) == .euros(100))
        let history = try await service.activity.history(of: draft.id)
        #expect(history.map(\.kind) == [.drafted, .issued, .paid, .paid])
        #expect(history.map(\.amount) == [nil, nil, .euros(20), .euros(40)])
    }

    @Test(
        "an invoice is due when the customer's terms say",
        arguments: [(0, "2025-02-27"), (1, "2025-02-28"), (2, "2025-03-01"), (30, "2025-03-29"), (120, "2025-06-27")]
    ) func due(terms: Int, day: String) async throws {
        let service = try await Lease.current.service()
        let grace = try await service.customers.add(
            name: "Grace Hopper",
            email: "grace@example.test",
            terms: terms,
            creditLimit: .euros(100)
        )
        let draft = try await service.draft(for: grace.id, [paper])
        let issued = try await service.issue(draft.id, on: "2025-02-27")
        #expect(issued.due == Day(day))
        #expect(issued.number == "2025-0003")
    }

    @Test(
        "payments add up",
        arguments: [
            ([60], .paid, 0), ([20, 40], .paid, 0), ([59], .open, 1), ([1, 2, 3, 4], .open, 50),
        ] as [([Int], Invoice.State, Int)]
    ) func payments(amounts: [Int], state: Invoice.State, outstanding: Int) async throws {
        let service = try await Lease.current.service()
        let bob = try await service.customers.seeded("bob")
        let draft = try await service.draft(for: bob.id, [paper])
        var invoice = try await service.issue(draft.id, on: "2025-03-01")
        for (number, amount) in amounts.enumerated() {
            invoice = try await service.pay(
                invoice.id,
                .euros(amount),
                reference: "CASH-\(number)",
                on: "2025-03-02"
            )
        }
        #expect(invoice.state == state)
        #expect(invoice.outstanding == .euros(outstanding))
        #expect(try await service.activity.counts(by: "clerk")[.paid] == amounts.count + 1)  // one of the seeds
    }

    @Test("an invoice is taken back unless something was paid") func void() async throws {
        let service = try await Lease.current.service()
        let bob = try await service.customers.seeded("bob")
        let issued = try await service.issue(service.draft(for: bob.id, [paper]).id, on: "2025-03-01")
        #expect(try await service.void(issued.id).state == .void)
        #expect(try await service.customers.debt(of: bob.id) == .zero)
        #expect(try await service.activity.history(of: issued.id).last?.kind == .voided)
        await #expect(throws: InvoiceError.notOpen(.void)) { try await service.void(issued.id) }
        let partlyPaid = try await service.invoices.seeded("2025-0001")
        await #expect(throws: InvoiceError.paidAlready(.euros(20))) { try await service.void(partlyPaid.id) }
        #expect(try await service.activity.history(of: partlyPaid.id).map(\.kind) == [.issued, .paid])
    }

    @Test("nobody owes more than the limit") func creditLimit() async throws {
        let service = try await Lease.current.service()
        let bob = try await service.customers.seeded("bob")
        let first = try await service.draft(for: bob.id, [paper])
        let second = try await service.draft(for: bob.id, [paper])
        _ = try await service.issue(first.id, on: "2025-03-01")
        await #expect(throws: InvoiceError.overCreditLimit(by: .euros(20))) {
            try await service.issue(second.id, on: "2025-03-01")
        }
        #expect(try await service.invoices.invoice(second.id) == second)
        #expect(try await service.activity.archived("2025-0004") == nil)
        #expect(try await service.activity.history(of: second.id).map(\.kind) == [.drafted])
    }

    @Test("an invoice over nothing isn't issued") func nothingToPay() async throws {
        let service = try await Lease.current.service()
        let draft = try await service.draft(for: service.customers.seeded("bob").id, [])
        await #expect(throws: InvoiceError.nothingToPay) { try await service.issue(draft.id, on: "2025-03-01") }
        #expect(try await service.invoices.invoice(draft.id).number == nil)
    }

    @Test("a counter that was lost is set right") func lostCounter() async throws {
        let service = try await Lease.current.service()
        try await Lease.current.redis("numbers").send(["FLUSHDB"])
        let draft = try await service.draft(for: service.customers.seeded("bob").id, [paper])
        #expect(try await service.issue(draft.id, on: "2025-03-01").number == "2025-0003")
    }

    @Test("who asks too often changes nothing") func rateLimit() async throws {
        let lease = try Lease.current
        let service = try await lease.service(user: "hasty", limit: 2)
        let bob = try await service.customers.seeded("bob")
        for _ in 1...2 { _ = try await service.draft(for: bob.id, [paper]) }
        let refusal = await #expect(throws: InvoiceError.self) { try await service.draft(for: bob.id, [paper]) }
        guard case .tooManyRequests? = refusal else { throw try #require(refusal) }
        #expect(try await service.invoices.invoices(of: bob.id).count == 2)
        let other = try await lease.service(user: "calm", limit: 2)
        _ = try await other.draft(for: bob.id, [paper])
        #expect(try await service.invoices.invoices(of: bob.id).count == 3)
    }
}
