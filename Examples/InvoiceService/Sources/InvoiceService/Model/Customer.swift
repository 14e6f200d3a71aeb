/// Somebody who gets invoices.
struct Customer: Sendable, Hashable, Identifiable {
    let id: Int
    let name: String
    /// The address, which nobody else has, whatever its case.
    let email: String
    /// How many days after it was issued an invoice is due.
    let terms: Int
    /// How much may be owed at any time.
    let creditLimit: Money
}
