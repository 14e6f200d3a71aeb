@testable import InvoiceService
import NexEnvTesting
import XCTest

/// Invoices beside those of the seeds.
final class InvoiceTests: LeasingTestCase {
    override class var databases: [DatabaseRequest] { [.postgres("billing")] }

    private func repositories() async throws -> (invoices: InvoiceRepository, ada: Customer) {
        let connection = try await lease.postgres().connect()
        return (
            InvoiceRepository(connection: connection),
            try await CustomerRepository(connection: connection).seeded("ada")
        )
    }

    func testSeedsAreThere() async throws {
        let (invoices, ada) = try await repositories()
        let all = try await invoices.invoices(of: ada.id)
        XCTAssertEqual(all.count, 2)
        let open = try await invoices.seeded("2025-0001")
        XCTAssertEqual(open.outstanding, .euros(100))
        XCTAssertEqual(open.lines.map(\.description), ["Analytical engine", "Punched cards"])
        XCTAssertEqual(open.lines.map(\.amount).reduce(.zero, +), open.total)
    }

    func testTotalIsSumOfLines() async throws {
        let (invoices, ada) = try await repositories()
        let lines: [Invoice.Line] = [
            .init("Paper", quantity: 3, price: .euros(4, cents: 50)), .init("Ink", price: .euros(7)),
        ]
        let draft = try await invoices.draft(for: ada.id, lines)
        XCTAssertEqual(draft.total, .euros(20, cents: 50))
        XCTAssertEqual(draft.lines, lines)
        XCTAssertEqual(draft.state, .draft)
        XCTAssertNil(draft.number)
    }

    func testLinesAreAppended() async throws {
        let (invoices, ada) = try await repositories()
        let draft = try await invoices.draft(for: ada.id, [.init("Paper", price: .euros(5))])
        let longer = try await invoices.append(.init("Pens", quantity: 2, price: .euros(1)), to: draft.id)
        XCTAssertEqual(longer.lines.map(\.description), ["Paper", "Pens"])
        XCTAssertEqual(longer.total, .euros(7))
    }

    func testLinesOfIssuedInvoiceStay() async throws {
        let (invoices, _) = try await repositories()
        let open = try await invoices.seeded("2025-0001")
        await assertThrows(.notADraft(.open)) {
            try await invoices.append(.init("More", price: .euros(1)), to: open.id)
        }
        let same = try await invoices.invoice(open.id)
        XCTAssertEqual(same, open)
    }

    func testInvalidLineLeavesNothingBehind() async throws {
        let (invoices, ada) = try await repositories()
        await assertThrows(.invalidLine) {
            try await invoices.draft(
                for: ada.id,
                [.init("Paper", price: .euros(5)), .init("Air", quantity: 0, price: .euros(1))]
            )
        }
        let count = try await invoices.invoices(of: ada.id).count
        XCTAssertEqual(count, 2)
    }

    func testDraftNeedsCustomer() async throws {
        let (invoices, _) = try await repositories()
        await assertThrows(.noCustomer(4_711)) { try await invoices.draft(for: 4_711, []) }
    }

    func testDraftIsThrownAway() async throws {
        let (invoices, ada) = try await repositories()
        let draft = try await invoices.draft(for: ada.id, [.init("Paper", price: .euros(5))])
        try await invoices.discard(draft.id)
        await assertThrows(.noInvoice(draft.id)) { try await invoices.invoice(draft.id) }
        let lines = try await lease.postgres().query("SELECT count(*) FROM invoice_line")[0].int(0)
        XCTAssertEqual(lines, 3)
    }

    func testIssuedInvoiceIsntThrownAway() async throws {
        let (invoices, _) = try await repositories()
        let open = try await invoices.seeded("2025-0001")
        await assertThrows(.notADraft(.open)) { try await invoices.discard(open.id) }
        let same = try await invoices.invoice(open.id)
        XCTAssertEqual(same, open)
    }

    func testInvoiceIsOverdueTheDayAfter() async throws {
        let (invoices, _) = try await repositories()
        let onTime = try await invoices.overdue(on: "2025-02-09")
        XCTAssertEqual(onTime, [])
        let late = try await invoices.overdue(on: "2025-02-10")
        // The other one was due as well by the end of the month, but is paid.
        let later = try await invoices.overdue(on: "2025-02-28")
        XCTAssertEqual(late.map(\.number), ["2025-0001"])
        XCTAssertEqual(later, late)
    }

    func testNumbersAreTakenOnce() async throws {
        let (invoices, ada) = try await repositories()
        let last = try await [invoices.lastNumber(in: 2025), invoices.lastNumber(in: 2026)]
        XCTAssertEqual(last, [2, 0])
        let draft = try await invoices.draft(for: ada.id, [.init("Paper", price: .euros(5))])
        await assertThrows(.numberTaken("2025-0002")) {
            try await invoices.issue(draft.id, number: "2025-0002", on: "2025-03-01")
        }
        let issued = try await invoices.issue(draft.id, number: "2025-0003", on: "2025-03-01")
        XCTAssertEqual(issued.state, .open)
        let next = try await invoices.lastNumber(in: 2025)
        XCTAssertEqual(next, 3)
    }
}
