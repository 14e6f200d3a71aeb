import Foundation

/// Something that happened to an invoice, for whoever has to explain it later.
struct Activity: Sendable, Hashable {
    /// What happened.
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case drafted, issued, paid, voided
    }

    let invoice: Invoice.ID
    let kind: Kind
    /// Who did it.
    let by: String
    let at: Date
    /// How much came in, of a payment.
    let amount: Money?

    init(_ kind: Kind, _ invoice: Invoice.ID, by: String, at: Date = .now, amount: Money? = nil) {
        self.invoice = invoice
        self.kind = kind
        self.by = by
        self.at = at
        self.amount = amount
    }
}
