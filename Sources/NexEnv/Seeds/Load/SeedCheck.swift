/// Checks the seed files of an environment as far as that goes without its servers.
package enum SeedCheck {
    /// Makes every row that isn't generated, and the generators of the others.
    ///
    /// Sets of other modes are checked as well, but may ask for variables that only those have.
    ///
    /// - Throws: ``Diagnostics`` with every problem.
    package static func check(_ environment: Environment) throws(Diagnostics) {
        guard !environment.seeds.isEmpty else { return }
        let book = try SeedBook.load(environment)
        let needs = book.entries.map { ($0.name, book.references(of: $0) + $0.set.after) }
        let order = try SeedOrder.sorted(book.entries, firm: Dictionary(uniqueKeysWithValues: needs))
        let mine = problems(order.filter { $0.isFor(environment.appliedMode) }, book, environment)
        let others = problems(order.filter { !$0.isFor(environment.appliedMode) }, book, environment)
        let problems = mine + others.filter { $0.code != .undefinedVariable }
        guard problems.isEmpty else { throw Diagnostics(problems.uniqued().inOrder(), exitStatus: .dataError) }
    }

    private static func problems(
        _ entries: [SeedBook.Entry],
        _ book: SeedBook,
        _ environment: Environment
    ) -> [Diagnostic] {
        let context = DecodingContext()
        let kinds = Dictionary(uniqueKeysWithValues: book.entries.map { ($0.name, $0.set.identities) })
        let maker = SeedRowMaker(book, SeedIdentities(project: environment.name, ofSet: kinds), context)
        for entry in entries where entry.set.source?.sql == nil { _ = maker.rows(of: entry) }
        return context.problems
    }
}
