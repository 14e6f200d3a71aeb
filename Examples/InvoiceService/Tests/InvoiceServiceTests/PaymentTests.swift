@testable import InvoiceService
import NexEnvTesting
import XCTest

/// Payments; each test leases what it needs.
final class PaymentTests: XCTestCase {
    private func repositories() async throws -> (payments: PaymentRepository, invoices: InvoiceRepository) {
        let connection = try await lease(.postgres("billing")).postgres().connect()
        return (PaymentRepository(connection: connection), InvoiceRepository(connection: connection))
    }

    func testPartOfInvoiceIsPaid() async throws {
        let (payments, invoices) = try await repositories()
        let open = try await invoices.seeded("2025-0001")
        let payment = try await payments.record(.euros(40), for: open, reference: "BANK-3", on: "2025-02-01")
        let after = try await invoices.invoice(open.id)
        XCTAssertEqual(after.outstanding, .euros(60))
        XCTAssertEqual(after.state, .open)
        let all = try await payments.payments(for: open.id)
        XCTAssertEqual(all.map(\.reference), ["BANK-1", "BANK-3"])
        XCTAssertEqual(all.last, payment)
    }

    func testLastPaymentSettlesInvoice() async throws {
        let (payments, invoices) = try await repositories()
        let open = try await invoices.seeded("2025-0001")
        _ = try await payments.record(.euros(100), for: open, reference: "BANK-3", on: "2025-02-01")
        let after = try await invoices.invoice(open.id)
        XCTAssertEqual(after.state, .paid)
        XCTAssertEqual(after.paid, after.total)
        XCTAssertEqual(after.outstanding, .zero)
    }

    func testNobodyPaysMoreThanIsOutstanding() async throws {
        let (payments, invoices) = try await repositories()
        let open = try await invoices.seeded("2025-0001")
        await assertThrows(.overpaid(outstanding: .euros(100))) {
            try await payments.record(.euros(100, cents: 1), for: open, reference: "BANK-3", on: "2025-02-01")
        }
        await assertThrows(.invalidAmount(.zero)) {
            try await payments.record(.zero, for: open, reference: "BANK-3", on: "2025-02-01")
        }
        let all = try await payments.payments(for: open.id)
        XCTAssertEqual(all.count, 1)
    }

    func testPaymentCountsOnce() async throws {
        let (payments, invoices) = try await repositories()
        let open = try await invoices.seeded("2025-0001")
        _ = try await payments.record(.euros(10), for: open, reference: "BANK-3", on: "2025-02-01")
        await assertThrows(.alreadyReceived(reference: "BANK-3")) {
            try await payments.record(.euros(10), for: open, reference: "BANK-3", on: "2025-02-02")
        }
        let outstanding = try await invoices.invoice(open.id).outstanding
        XCTAssertEqual(outstanding, .euros(90))
    }

    func testPaidInvoiceTakesNoMore() async throws {
        let (payments, invoices) = try await repositories()
        let paid = try await invoices.seeded("2025-0002")
        await assertThrows(.notOpen(.paid)) {
            try await payments.record(.euros(1), for: paid, reference: "BANK-3", on: "2025-02-01")
        }
        let same = try await invoices.invoice(paid.id)
        XCTAssertEqual(same, paid)
    }

    func testPaymentsOfSpanAreSummed() async throws {
        let (payments, invoices) = try await repositories()
        let open = try await invoices.seeded("2025-0001")
        _ = try await payments.record(.euros(7), for: open, reference: "BANK-3", on: "2025-02-01")
        let january = try await payments.received(from: "2025-01-01", through: "2025-01-31")
        let both = try await payments.received(from: "2025-01-25", through: "2025-02-01")
        let never = try await payments.received(from: "2024-01-01", through: "2024-12-31")
        XCTAssertEqual([january, both, never], [.euros(50), .euros(37), .zero])
    }
}
