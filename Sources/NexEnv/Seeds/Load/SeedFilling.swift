/// One set of documents on its way to where it belongs, which nothing takes back.
protocol SeedFilling {
    /// What has been done so far.
    var outcome: SeedOutcome { get }

    mutating func fill() async throws -> SeedOutcome
}

extension [SeedLoad] {
    /// Fills one set after the other.
    ///
    /// - Parameter place: What they are in, for the error that says what had been written.
    func fillEach(
        in place: String,
        _ options: SeedOptions,
        _ filling: (SeedLoad) -> some SeedFilling
    ) async throws -> [SeedOutcome] {
        var outcomes: [SeedOutcome] = []
        for load in self {
            var filling = filling(load)
            do {
                let outcome = try await filling.fill()
                options.report(.finished(outcome))
                outcomes.append(outcome)
            } catch let error as Diagnostics {
                throw error.adding(hint: Self.written(outcomes, filling.outcome, in: place))
            }
        }
        return outcomes
    }

    private static func written(_ done: [SeedOutcome], _ last: SeedOutcome, in place: String) -> String {
        var parts = done.filter { $0.changes > 0 }.map { "`\($0.set)`" }
        if last.changes > 0 { parts.append("\(last.changes) documents of `\(last.set)`") }
        guard !parts.isEmpty else { return "nothing was written in \(place)" }
        return "\(parts.joined(separator: ", ")) written in \(place); running it again goes on"
    }
}
