import PostgresClient

/// Payments, in PostgreSQL.
struct PaymentRepository: Sendable {
    let connection: PostgresConnection

    /// Notes that money came in; the invoice is paid when nothing is outstanding any more.
    ///
    /// - Throws: ``InvoiceError``: `.noInvoice`, `.notOpen`, `.invalidAmount`, `.overpaid` or `.alreadyReceived`.
    func record(_ amount: Money, for invoice: Invoice, reference: String, on day: Day) async throws -> Payment {
        let violations: [String: InvoiceError] = [
            "payment_invoice": .noInvoice(invoice.id), "payment_amount": .invalidAmount(amount),
            "payment_of_open": .notOpen(invoice.state), "payment_reference": .alreadyReceived(reference: reference),
            "invoice_paid": .overpaid(outstanding: invoice.outstanding),
        ]
        return try await naming(violations) {
            let rows = try await connection.query(
                "INSERT INTO payment (invoice_id, amount, received, reference) VALUES ($1, $2, $3, $4) RETURNING *",
                [
                    PostgresValue(invoice.id), PostgresValue(amount.cents), PostgresValue(day.description),
                    PostgresValue(reference),
                ]
            )
            return try Payment(rows[0])
        }
    }

    /// Returns the payments for an invoice, in the order in which they came.
    func payments(for invoice: Invoice.ID) async throws -> [Payment] {
        try await connection.query(
            "SELECT * FROM payment WHERE invoice_id = $1 ORDER BY received, id",
            [PostgresValue(invoice)]
        ).map(Payment.init)
    }

    /// What came in between two days, both included.
    func received(from first: Day, through last: Day) async throws -> Money {
        let rows = try await connection.query(
            "SELECT coalesce(sum(amount), 0)::bigint FROM payment WHERE received BETWEEN $1 AND $2",
            [PostgresValue(first.description), PostgresValue(last.description)]
        )
        return Money(cents: try rows[0].int(0))
    }
}

extension Payment {
    fileprivate init(_ row: PostgresRow) throws {
        id = try row.int("id")
        invoice = try row.int("invoice_id")
        amount = Money(cents: try row.int("amount"))
        guard let day = Day(try row.string("received")) else {
            throw PostgresError(.unexpectedResult, "The server writes days in another form.")
        }
        received = day
        reference = try row.string("reference")
    }
}
