import PostgresClient

/// Invoices and their lines, in PostgreSQL.
struct InvoiceRepository: Sendable {
    let connection: PostgresConnection

    // MARK: - Looking

    /// Returns an invoice with its lines.
    ///
    /// - Throws: ``InvoiceError`` with `.noInvoice`.
    func invoice(_ id: Invoice.ID) async throws -> Invoice {
        guard let invoice = try await invoices(where: "id = $1", [PostgresValue(id)]).first else {
            throw InvoiceError.noInvoice(id)
        }
        return invoice
    }

    /// Returns the invoice of a number, if there is one.
    func invoice(number: String) async throws -> Invoice? {
        try await invoices(where: "number = $1", [PostgresValue(number)]).first
    }

    /// Returns a customer's invoices, in the order in which they were made.
    func invoices(of customer: Customer.ID) async throws -> [Invoice] {
        try await invoices(where: "customer_id = $1", [PostgresValue(customer)])
    }

    /// Returns the open invoices that should have been paid before a day, the oldest first.
    func overdue(on day: Day) async throws -> [Invoice] {
        try await invoices(where: "state = 'open' AND due < $1", [PostgresValue(day.description)], order: "due, id")
    }

    /// Returns the highest number that was given in a year; 0 where none was.
    func lastNumber(in year: Int) async throws -> Int {
        let rows = try await connection.query(
            "SELECT coalesce(max(split_part(number, '-', 2)::int), 0) FROM invoice WHERE number LIKE $1",
            ["\(year)-%"]
        )
        return try rows[0].int(0)
    }

    private func invoices(
        where condition: String,
        _ parameters: [PostgresValue],
        order: String = "id"
    ) async throws -> [Invoice] {
        try await connection.transaction { session in
            let lines = try session.query(
                """
                SELECT l.* FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE \(condition)
                ORDER BY l.invoice_id, l.position
                """,
                parameters
            )
            let byInvoice = Dictionary(grouping: lines) { $0["invoice_id"]?.int }
            return try session.query("SELECT * FROM invoice WHERE \(condition) ORDER BY \(order)", parameters).map {
                try Invoice($0, lines: byInvoice[$0.int("id")] ?? [])
            }
        }
    }

    // MARK: - Changing

    /// Begins an invoice.
    ///
    /// - Throws: ``InvoiceError``: `.noCustomer` or `.invalidLine`.
    func draft(for customer: Customer.ID, _ lines: [Invoice.Line]) async throws -> Invoice {
        let violations: [String: InvoiceError] = [
            "invoice_customer": .noCustomer(customer), "line_quantity": .invalidLine, "line_price": .invalidLine,
        ]
        let id = try await naming(violations) {
            try await connection.transaction { session in
                let id = try session.query(
                    "INSERT INTO invoice (customer_id) VALUES ($1) RETURNING id",
                    [PostgresValue(customer)]
                )[0].int(0)
                for line in lines { try session.append(line, to: id) }
                return id
            }
        }
        return try await invoice(id)
    }

    /// Adds a line behind the others of a draft.
    ///
    /// - Throws: ``InvoiceError``: `.noInvoice`, `.notADraft` or `.invalidLine`.
    func append(_ line: Invoice.Line, to id: Invoice.ID) async throws -> Invoice {
        let state = try await invoice(id).state
        let violations: [String: InvoiceError] = [
            "line_of_draft": .notADraft(state), "line_quantity": .invalidLine, "line_price": .invalidLine,
        ]
        try await naming(violations) {
            try await connection.transaction { session in try session.append(line, to: id) }
        }
        return try await invoice(id)
    }

    /// Throws a draft away.
    ///
    /// - Throws: ``InvoiceError``: `.noInvoice` or `.notADraft`.
    func discard(_ id: Invoice.ID) async throws {
        try await connection.transaction { session in
            let state = try session.lock(id).state
            guard state == .draft else { throw InvoiceError.notADraft(state) }
            try session.query("DELETE FROM invoice_line WHERE invoice_id = $1", [PostgresValue(id)])
            try session.query("DELETE FROM invoice WHERE id = $1", [PostgresValue(id)])
        }
    }

    /// Issues a draft: it gets its number and the day on which it is due, and the customer owes its total.
    ///
    /// The customer's row is locked meanwhile: two invoices that are issued at once can't exceed the credit limit together.
    ///
    /// - Throws: ``InvoiceError``: `.noInvoice`, `.notADraft`, `.nothingToPay`, `.numberTaken` or `.overCreditLimit`.
    func issue(_ id: Invoice.ID, number: String, on day: Day) async throws -> Invoice {
        try await naming(["invoice_number": .numberTaken(number)]) {
            try await connection.transaction { session in
                let (state, customer, total) = try session.lock(id)
                guard state == .draft else { throw InvoiceError.notADraft(state) }
                guard total > .zero else { throw InvoiceError.nothingToPay }
                let room = try session.lockCredit(of: customer)
                guard total <= room else { throw InvoiceError.overCreditLimit(by: total - room) }
                try session.query(
                    """
                    UPDATE invoice SET state = 'open', number = $2, issued = $3, due = $3::date + terms
                    FROM customer WHERE customer.id = customer_id AND invoice.id = $1
                    """,
                    [PostgresValue(id), PostgresValue(number), PostgresValue(day.description)]
                )
            }
        }
        return try await invoice(id)
    }

    /// Takes an invoice back of which nothing was paid.
    ///
    /// - Throws: ``InvoiceError``: `.noInvoice`, `.notOpen` or `.paidAlready`.
    func void(_ id: Invoice.ID) async throws -> Invoice {
        let result = try await connection.query(
            "UPDATE invoice SET state = 'void' WHERE id = $1 AND state = 'open' AND paid = 0",
            [PostgresValue(id)]
        )
        let invoice = try await invoice(id)
        guard result.affectedRows == 0 else { return invoice }
        throw invoice.state == .open ? InvoiceError.paidAlready(invoice.paid) : .notOpen(invoice.state)
    }
}

extension PostgresSession {
    fileprivate func append(_ line: Invoice.Line, to id: Invoice.ID) throws {
        try query(
            """
            INSERT INTO invoice_line (invoice_id, position, description, quantity, price)
            SELECT $1, coalesce(max(position), 0) + 1, $2, $3, $4 FROM invoice_line WHERE invoice_id = $1
            """,
            [
                PostgresValue(id), PostgresValue(line.description), PostgresValue(line.quantity),
                PostgresValue(line.price.cents),
            ]
        )
    }

    /// Keeps others from changing an invoice until the end of the transaction.
    fileprivate func lock(_ id: Invoice.ID) throws -> (state: Invoice.State, customer: Customer.ID, total: Money) {
        let rows = try query("SELECT * FROM invoice WHERE id = $1 FOR UPDATE", [PostgresValue(id)])
        guard let row = rows.first else { throw InvoiceError.noInvoice(id) }
        let invoice = try Invoice(row, lines: [])
        return (invoice.state, invoice.customer, invoice.total)
    }

    /// Keeps others from issuing invoices to a customer, and returns how much more may be owed.
    fileprivate func lockCredit(of customer: Customer.ID) throws -> Money {
        let limit = try query("SELECT credit_limit FROM customer WHERE id = $1 FOR UPDATE", [PostgresValue(customer)])
        let debt = try query(
            "SELECT coalesce(sum(total - paid), 0)::bigint FROM invoice WHERE customer_id = $1 AND state = 'open'",
            [PostgresValue(customer)]
        )
        return Money(cents: try limit[0].int(0) - debt[0].int(0))
    }
}

extension Invoice {
    fileprivate init(_ row: PostgresRow, lines: [PostgresRow]) throws {
        id = try row.int("id")
        customer = try row.int("customer_id")
        number = row["number"]?.string
        guard let state = State(rawValue: try row.string("state")) else {
            throw PostgresError(.unexpectedResult, "The schema knows a state that isn't known here.")
        }
        self.state = state
        issued = row["issued"]?.string.flatMap(Day.init)
        due = row["due"]?.string.flatMap(Day.init)
        total = Money(cents: try row.int("total"))
        paid = Money(cents: try row.int("paid"))
        self.lines = try lines.map { line in
            Line(
                try line.string("description"),
                quantity: try line.int("quantity"),
                price: Money(cents: try line.int("price"))
            )
        }
    }
}
