/// The other sets, as far as a generator may ask for them.
package protocol SeedDirectory: Sendable {
    /// The names of all sets, for messages.
    var setNames: [String] { get }

    /// Returns a set; nothing where there is none of that name.
    func source(named name: String) -> (any SeedSource)?

    /// Whether a set has no rows because of problems that are reported already.
    func isBroken(_ name: String) -> Bool
}

extension SeedDirectory {
    package func isBroken(_ name: String) -> Bool { false }
}

/// A set of which rows can be picked; row n is the same row for whoever asks.
package protocol SeedSource: Sendable {
    /// How many rows there are.
    var count: Int { get }

    /// The names of the rows that have one, in their order; empty for rows that are generated.
    var labels: [String] { get }

    /// The identities of the rows.
    var identity: SeedColumn { get }

    /// The names of the fields, for messages.
    var fieldNames: [String] { get }

    /// Returns a field of the rows; nothing where there is none of that name.
    func column(named name: String) -> SeedColumn?
}

/// One value of every row of a set.
package struct SeedColumn: Sendable {
    /// Returns the value in a row, counted from 0.
    package let value: @Sendable (Int) -> SeedValue

    package init(_ value: @escaping @Sendable (Int) -> SeedValue) {
        self.value = value
    }
}

/// A directory without sets.
package struct EmptySeedDirectory: SeedDirectory {
    package init() {}

    package var setNames: [String] { [] }

    package func source(named name: String) -> (any SeedSource)? { nil }
}
