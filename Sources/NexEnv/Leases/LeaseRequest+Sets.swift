extension LeaseRequest.Seeds {
    /// Returns the sets that are asked for, of those that the mode gets.
    ///
    /// - Parameter isCandidate: Whether a set goes where it is wanted.
    /// - Throws: ``NexEnvError`` for a name that no set has.
    func sets(
        _ book: SeedBook,
        _ environment: Environment,
        where isCandidate: (SeedBook.Entry) -> Bool
    ) throws -> [SeedBook.Entry] {
        let all = book.entries.filter { $0.isFor(environment.appliedMode) && isCandidate($0) }
        switch self {
        case .all: return all
        case .none: return []
        case .sets(let names):
            for name in names where book[name] == nil {
                let hint = Suggestion.hint(for: name, among: book.names, noun: "sets")
                throw NexEnvError(.notFound, "there is no set `\(name)`", hint: hint)
            }
            return all.filter { names.contains($0.name) }
        }
    }
}
