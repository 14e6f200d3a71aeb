/// Writes invoices, sends them out and notes what is paid, on behalf of one user.
struct InvoiceService: Sendable {
    let customers: CustomerRepository
    let invoices: InvoiceRepository
    let payments: PaymentRepository
    let activity: ActivityLog
    private let numbers: InvoiceNumbers
    private let limiter: RateLimiter
    private let user: String

    /// Creates a service.
    ///
    /// - Parameters:
    ///   - user: Who acts; every change counts against the user's limit.
    ///   - limit: How many changes a user may make in a minute.
    init(_ databases: Databases, user: String, limit: Int = 60) {
        customers = CustomerRepository(connection: databases.billing)
        invoices = InvoiceRepository(connection: databases.billing)
        payments = PaymentRepository(connection: databases.billing)
        activity = ActivityLog(connection: databases.activity, database: databases.activityName)
        numbers = InvoiceNumbers(connection: databases.numbers)
        limiter = RateLimiter(databases.limits, limit: limit)
        self.user = user
    }

    /// Begins an invoice.
    ///
    /// - Throws: ``InvoiceError``.
    func draft(for customer: Customer.ID, _ lines: [Invoice.Line]) async throws -> Invoice {
        try await limiter.count(user)
        let invoice = try await invoices.draft(for: customer, lines)
        try await activity.record(Activity(.drafted, invoice.id, by: user))
        return invoice
    }

    /// Issues a draft under the next number of the year.
    ///
    /// A counter that has fallen behind the invoices, since Redis was emptied, is set right.
    ///
    /// - Throws: ``InvoiceError``; the draft is as it was then.
    func issue(_ id: Invoice.ID, on day: Day) async throws -> Invoice {
        try await limiter.count(user)
        var issued: Invoice
        do {
            issued = try await invoices.issue(id, number: numbers.next(in: day.year), on: day)
        } catch InvoiceError.numberTaken {
            try await numbers.skip(through: invoices.lastNumber(in: day.year), in: day.year)
            issued = try await invoices.issue(id, number: numbers.next(in: day.year), on: day)
        }
        try await activity.archive(issued, for: customers.customer(issued.customer))
        try await activity.record(Activity(.issued, id, by: user))
        return issued
    }

    /// Notes that money came in.
    ///
    /// - Returns: The invoice as it is now.
    /// - Throws: ``InvoiceError``.
    func pay(_ id: Invoice.ID, _ amount: Money, reference: String, on day: Day) async throws -> Invoice {
        try await limiter.count(user)
        _ = try await payments.record(amount, for: invoices.invoice(id), reference: reference, on: day)
        try await activity.record(Activity(.paid, id, by: user, amount: amount))
        return try await invoices.invoice(id)
    }

    /// Takes an invoice back of which nothing was paid.
    ///
    /// - Throws: ``InvoiceError``.
    func void(_ id: Invoice.ID) async throws -> Invoice {
        try await limiter.count(user)
        let invoice = try await invoices.void(id)
        try await activity.record(Activity(.voided, id, by: user))
        return invoice
    }
}
