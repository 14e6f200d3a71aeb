import PostgresClient

/// Why an invoice, a customer or a payment isn't as it was asked to be.
enum InvoiceError: Error, Hashable, CustomStringConvertible {
    case noCustomer(Customer.ID)
    case noInvoice(Invoice.ID)
    case invalidCustomer(field: String)
    case emailTaken(String)
    case invalidLine
    case nothingToPay
    /// Only a draft can be changed, issued or thrown away.
    case notADraft(Invoice.State)
    /// Only an open invoice can be paid or taken back.
    case notOpen(Invoice.State)
    /// What was paid has to be paid back before an invoice is taken back.
    case paidAlready(Money)
    case numberTaken(String)
    case overCreditLimit(by: Money)
    case invalidAmount(Money)
    case overpaid(outstanding: Money)
    case alreadyReceived(reference: String)
    case tooManyRequests(retryAfter: Duration)
    case notConfigured(variable: String)

    /// A sentence for whoever asked.
    var description: String {
        switch self {
        case .noCustomer(let id): "there is no customer \(id)"
        case .noInvoice(let id): "there is no invoice \(id)"
        case .invalidCustomer(let field): "a customer needs a usable \(field)"
        case .emailTaken(let email): "another customer has \(email)"
        case .invalidLine: "a line needs a quantity of at least one and a price that isn't negative"
        case .nothingToPay: "an invoice over nothing can't be issued"
        case .notADraft(let state): "the invoice is \(state.rawValue), and no draft any more"
        case .notOpen(let state): "the invoice is \(state.rawValue), and not open"
        case .paidAlready(let amount): "\(amount) of it is paid"
        case .numberTaken(let number): "another invoice has number \(number)"
        case .overCreditLimit(let amount): "the customer would owe \(amount) more than the credit limit"
        case .invalidAmount(let amount): "nobody can pay \(amount)"
        case .overpaid(let outstanding): "only \(outstanding) is outstanding"
        case .alreadyReceived(let reference): "payment \(reference) was received before"
        case .tooManyRequests(let wait): "too many requests; try again in \(wait.components.seconds) s"
        case .notConfigured(let variable): "\(variable) isn't set, or no address"
        }
    }
}

/// Runs statements, and names what is meant where one of these constraints was violated.
///
/// What people can do wrong is for the schema to decide, so that nothing else has to be asked first.
func naming<Value>(
    _ violations: [String: InvoiceError],
    _ body: () async throws -> Value
) async throws -> Value {
    do {
        return try await body()
    } catch let error as PostgresError {
        throw error.constraint.flatMap { violations[$0] } ?? error
    }
}
