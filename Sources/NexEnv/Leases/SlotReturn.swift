/// A copy that was brought back after a test, and is there for the next one.
struct SlotReturn: Sendable, Hashable {
    /// Whether it had to be made anew.
    var isMade: Bool
    /// What the test has left behind, a sentence on a line each.
    var leaks: [String]

    /// Brings a copy back, and notes in its slot what is known of it now.
    ///
    /// - Parameter state: What was known of it when the test got it.
    init(_ slot: SlotFile, _ state: SlotState, _ source: LeaseSource, _ keeper: any SlotKeeper) async throws {
        var cleaning = try await keeper.clean(slot.number, state)
        cleaning.state.run = source.run
        try slot.write(.clean(cleaning.state))
        isMade = cleaning.isMade
        leaks = cleaning.leaks.map(\.onOneLine)
    }

    // MARK: - As a line

    /// What no leak has in it: they are what PostgreSQL and others report as text.
    private static let separator: Character = "\u{0}"

    /// One line, without its end.
    var line: String {
        ([isMade ? "made" : "restored"] + leaks).joined(separator: String(Self.separator))
    }

    /// Reads a line; nothing where it says that nothing was brought back.
    init?(line: String) {
        let parts = line.split(separator: Self.separator).map(String.init)
        guard let word = parts.first, ["made", "restored"].contains(word) else { return nil }
        isMade = word == "made"
        leaks = Array(parts.dropFirst())
    }
}

extension String {
    /// The text with spaces in place of its line ends.
    var onOneLine: String { String(map { $0.isNewline ? " " : $0 }) }
}
