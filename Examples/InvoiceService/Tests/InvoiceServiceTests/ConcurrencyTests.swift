@testable import InvoiceService
import NexEnvTesting
import Testing

/// Several clerks at once, each with connections of their own.
@Suite(.leases(.postgres("billing"), .mongodb("activity"), .redis("limits"), .redis("numbers")))
struct ConcurrencyTests {
    /// Does something as several clerks at once.
    ///
    /// - Returns: What came of it for those who weren't refused.
    private func clerks<Value: Sendable>(
        _ count: Int,
        _ work: @escaping @Sendable (InvoiceService, Int) async throws -> Value
    ) async throws -> [Value] {
        let lease = try Lease.current
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            for number in 0..<count {
                group.addTask {
                    let service = try await lease.service(user: "clerk \(number)")
                    do { return try await work(service, number) } catch is InvoiceError { return nil }
                }
            }
            var values: [Value] = []
            for try await case let value? in group { values.append(value) }
            return values
        }
    }

    @Test("payments at once never exceed what is outstanding") func payments() async throws {
        let paid = try await clerks(6) { service, number in
            let open = try await service.invoices.seeded("2025-0001")
            return try await service.pay(open.id, .euros(30), reference: "BANK-3\(number)", on: "2025-02-01")
        }
        #expect(paid.count == 3)
        let service = try await Lease.current.service()
        let after = try await service.invoices.seeded("2025-0001")
        #expect(after.outstanding == .euros(10))
        #expect(try await service.payments.payments(for: after.id).count == 4)
    }

    @Test("invoices that are issued at once never exceed the credit limit") func creditLimit() async throws {
        let issued = try await clerks(4) { service, _ in
            let bob = try await service.customers.seeded("bob")
            let draft = try await service.draft(for: bob.id, [.init("Paper", price: .euros(60))])
            return try await service.issue(draft.id, on: "2025-03-01")
        }
        #expect(issued.count == 1)
        let service = try await Lease.current.service()
        let bob = try await service.customers.seeded("bob")
        #expect(try await service.customers.debt(of: bob.id) == .euros(60))
        #expect(try await service.invoices.invoices(of: bob.id).filter { $0.state == .draft }.count == 3)
    }

    @Test("every invoice gets a number of its own") func numbers() async throws {
        let numbers = try await clerks(5) { service, _ in
            let ada = try await service.customers.seeded("ada")
            var numbers: [String?] = []
            for _ in 1...4 {
                let draft = try await service.draft(for: ada.id, [.init("Paper", price: .euros(1))])
                numbers.append(try await service.issue(draft.id, on: "2025-03-01").number)
            }
            return numbers
        }.flatMap { $0.compactMap { $0 } }
        let expected = (3...22).map { "2025-00\($0 < 10 ? "0" : "")\($0)" }
        #expect(numbers.sorted() == expected)
    }
}
