/// An amount in euros, exact to the cent.
struct Money: Sendable, Hashable, Comparable, AdditiveArithmetic, CustomStringConvertible {
    /// The amount in cents.
    var cents: Int

    /// No money.
    static let zero = Money(cents: 0)

    /// Creates an amount from cents.
    init(cents: Int) { self.cents = cents }

    /// Creates an amount from euros and cents.
    static func euros(_ euros: Int, cents: Int = 0) -> Money { Money(cents: euros * 100 + cents) }

    /// The amount as on an invoice, such as `1234.50 EUR`.
    var description: String {
        let (euros, cents) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(self.cents < 0 ? "-" : "")\(euros).\(cents < 10 ? "0" : "")\(cents) EUR"
    }

    static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }
    static func + (left: Money, right: Money) -> Money { Money(cents: left.cents + right.cents) }
    static func - (left: Money, right: Money) -> Money { Money(cents: left.cents - right.cents) }
    static func * (count: Int, amount: Money) -> Money { Money(cents: count * amount.cents) }
}
