@testable import InvoiceService
import NexEnvTesting
import XCTest

/// Customers in a database in which nobody is yet.
final class CustomerTests: LeasingTestCase {
    override class var databases: [DatabaseRequest] { [.postgres("billing", seeds: .none)] }

    private func customers() async throws -> CustomerRepository {
        CustomerRepository(connection: try await lease.postgres().connect())
    }

    private func addGrace(
        to customers: CustomerRepository,
        name: String = "Grace Hopper",
        email: String = "grace@example.test",
        terms: Int = 30,
        creditLimit: Money = .euros(1_000)
    ) async throws -> Customer {
        try await customers.add(name: name, email: email, terms: terms, creditLimit: creditLimit)
    }

    func testNobodyIsThereAtFirst() async throws {
        let count = try await customers().count()
        XCTAssertEqual(count, 0)
    }

    func testFirstCustomerIsNumberOne() async throws {
        let grace = try await addGrace(to: customers())
        XCTAssertEqual(grace.id, 1)
    }

    func testCustomersAreNumberedInTurn() async throws {
        let customers = try await customers()
        let ids = try await [
            addGrace(to: customers).id, addGrace(to: customers, email: "g.hopper@example.test").id,
        ]
        XCTAssertEqual(ids, [1, 2])
    }

    func testCustomerIsKeptAsGiven() async throws {
        let customers = try await customers()
        let grace = try await addGrace(to: customers, terms: 7, creditLimit: .euros(12, cents: 34))
        let kept = try await customers.customer(grace.id)
        XCTAssertEqual(kept, grace)
        XCTAssertEqual(kept.terms, 7)
        XCTAssertEqual("\(kept.creditLimit)", "12.34 EUR")
    }

    func testAddressIsFoundInAnyCase() async throws {
        let customers = try await customers()
        let grace = try await addGrace(to: customers)
        let found = try await customers.customer(email: "GRACE@example.test")
        let nobody = try await customers.customer(email: "ada@example.test")
        XCTAssertEqual(found, grace)
        XCTAssertNil(nobody)
    }

    func testAddressIsTakenInAnyCase() async throws {
        let customers = try await customers()
        _ = try await addGrace(to: customers)
        await assertThrows(.emailTaken("Grace@Example.test")) {
            try await addGrace(to: customers, email: "Grace@Example.test")
        }
        let count = try await customers.count()
        XCTAssertEqual(count, 1)
    }

    func testCustomerNeedsName() async throws {
        let customers = try await customers()
        await assertThrows(.invalidCustomer(field: "name")) { try await addGrace(to: customers, name: "  ") }
        let count = try await customers.count()
        XCTAssertEqual(count, 0)
    }

    func testCustomerNeedsAddress() async throws {
        let customers = try await customers()
        await assertThrows(.invalidCustomer(field: "address")) { try await addGrace(to: customers, email: "grace") }
        let count = try await customers.count()
        XCTAssertEqual(count, 0)
    }

    func testTermsAndLimitHaveBounds() async throws {
        let customers = try await customers()
        for terms in [-1, 121] {
            await assertThrows(.invalidCustomer(field: "number of days to pay")) {
                try await addGrace(to: customers, terms: terms)
            }
        }
        await assertThrows(.invalidCustomer(field: "credit limit")) {
            try await addGrace(to: customers, creditLimit: Money(cents: -1))
        }
        let grace = try await addGrace(to: customers, terms: 120, creditLimit: .zero)
        XCTAssertEqual(grace.terms, 120)
    }

    func testUnknownCustomerIsNamed() async throws {
        let customers = try await customers()
        await assertThrows(.noCustomer(1)) { try await customers.customer(1) }
    }
}
