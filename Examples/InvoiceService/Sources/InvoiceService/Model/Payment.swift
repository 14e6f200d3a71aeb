/// Money that came in for an invoice.
struct Payment: Sendable, Hashable, Identifiable {
    let id: Int
    let invoice: Invoice.ID
    let amount: Money
    let received: Day
    /// What the bank calls it; a payment that is reported twice has the same one.
    let reference: String
}
