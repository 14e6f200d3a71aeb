/// What a customer has to pay, and for what.
struct Invoice: Sendable, Hashable, Identifiable {
    /// Where an invoice is on its way.
    enum State: String, Sendable, Hashable, CaseIterable {
        /// It is being written: lines come and go, and it has no number.
        case draft
        /// It was issued, and something is still to be paid.
        case open
        /// It was paid in full.
        case paid
        /// It was issued, and taken back before anything was paid.
        case void
    }

    /// One line: so many of something, at a price each.
    struct Line: Sendable, Hashable {
        let description: String
        let quantity: Int
        let price: Money

        init(_ description: String, quantity: Int = 1, price: Money) {
            self.description = description
            self.quantity = quantity
            self.price = price
        }

        /// What the line adds to the total.
        var amount: Money { quantity * price }
    }

    let id: Int
    let customer: Customer.ID
    /// The year and a number in it, such as `2025-0017`; drafts have none.
    let number: String?
    let state: State
    let issued: Day?
    let due: Day?
    let lines: [Line]
    let total: Money
    let paid: Money

    /// What is still to be paid, of an invoice that is open.
    var outstanding: Money { state == .open ? total - paid : .zero }
}
