/// Checks the seed files of an environment as far as that goes without its servers.
package enum SeedCheck {
    /// Makes every row that isn't generated, and the generators of the others.
    ///
    /// - Throws: ``Diagnostics`` with every problem.
    package static func check(_ environment: Environment) throws(Diagnostics) {
        guard !environment.seeds.isEmpty else { return }
        let book = try SeedBook.load(environment)
        let context = DecodingContext()
        let kinds = Dictionary(uniqueKeysWithValues: book.entries.map { ($0.name, $0.set.identities) })
        let identities = SeedIdentities(project: environment.name, ofSet: kinds)
        let maker = SeedRowMaker(book, identities, variables: environment.variables, context)
        let needs = book.entries.map { ($0.name, book.references(of: $0) + $0.set.after) }
        let firm = Dictionary(uniqueKeysWithValues: needs)
        let order = try SeedOrder.sorted(book.entries, firm: firm)
        for entry in order where entry.set.source?.sql == nil { _ = maker.rows(of: entry) }
        guard context.problems.isEmpty else {
            throw Diagnostics(context.problems.uniqued().inOrder(), exitStatus: .dataError)
        }
    }
}
