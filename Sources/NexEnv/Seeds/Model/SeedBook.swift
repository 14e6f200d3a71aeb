/// Every set of an environment, in the order of its files.
package struct SeedBook: Sendable {
    /// A set together with what its file says.
    package struct Entry: Sendable {
        package var name: String
        package var position: SourcePosition
        package var set: SeedSet
        package var clock: Int64

        /// The modes that get it; empty for all.
        package var only: [String]
    }

    package private(set) var entries: [Entry] = []

    private var indexes: [String: Int] = [:]

    package subscript(_ name: String) -> Entry? { indexes[name].map { entries[$0] } }

    /// The names of all sets, for hints.
    package var names: [String] { entries.map(\.name) }

    /// Reads the seed files of an environment and checks each set by itself.
    ///
    /// - Throws: ``Diagnostics`` with every problem.
    package static func load(_ environment: Environment) throws(Diagnostics) -> SeedBook {
        let context = DecodingContext(
            filesAllowedOutside: environment.filesAllowedOutside,
            boundary: environment.root
        )
        var book = SeedBook()
        for path in environment.seeds {
            do {
                let file = try SeedFile.read(path, variables: environment.variables, context)
                for named in file.sets { book.add(named, of: file, environment, context) }
            } catch {
                context.report(error.all)
            }
        }
        for entry in book.entries { book.checkNames(entry, context) }
        guard context.problems.isEmpty else { throw Diagnostics(context.problems.uniqued().inOrder()) }
        return book
    }

    private mutating func add(
        _ named: Named<SeedSet>,
        of file: SeedFile,
        _ environment: Environment,
        _ context: DecodingContext
    ) {
        if let other = self[named.name] {
            context.report(
                .invalidValue,
                "there are two sets `\(named.name)`",
                at: named.position,
                related: [.init("the other one", at: other.position)]
            )
            return
        }
        let only = named.value.only.isEmpty ? file.only : named.value.only
        let entry = Entry(name: named.name, position: named.position, set: named.value, clock: file.clock, only: only)
        indexes[named.name] = entries.count
        entries.append(entry)
        Self.check(entry, environment, context)
    }

    /// Checks what the keys of one set say together, and that what it fills is there.
    private static func check(_ entry: Entry, _ environment: Environment, _ context: DecodingContext) {
        let set = entry.set
        let sources = [set.rows != nil, set.source != nil, set.generation != nil].count { $0 }
        if sources != 1 {
            let message = sources == 0 ? "has no rows" : "has more than one source of rows"
            let hint = "one of `rows`, `from` and `generate`"
            context.report(.invalidValue, "the set `\(entry.name)` \(message)", at: entry.position, hint: hint)
        }
        if let source = set.source, source.fileCount != 1 {
            let hint = "one of `csv`, `json`, `jsonl`, `yaml` and `sql`"
            context.report(.invalidValue, "`from` of `\(entry.name)` names no one file", at: entry.position, hint: hint)
        }
        let target = set.target
        guard !target.service.isEmpty else { return }
        let services = environment.services.filter { $0.engine is any SeedableEngine }
        guard let service = services.first(where: { $0.name == target.service }) else {
            context.report(
                .unknownService,
                "there is no service `\(target.service)` that can be filled",
                at: entry.position,
                hint: Suggestion.hint(for: target.service, among: services.map(\.name), noun: "services")
            )
            return
        }
        guard let engine = service.engine as? any SeedableEngine else { return }
        if let problem = engine.problem(with: set) {
            context.report(.invalidValue, problem.message, at: entry.position, hint: problem.hint)
        }
    }

    /// Checks the names of other sets.
    private func checkNames(_ entry: Entry, _ context: DecodingContext) {
        for name in entry.set.after where self[name] == nil {
            context.report(
                .invalidValue,
                "there is no set `\(name)`",
                at: entry.position,
                hint: Suggestion.hint(for: name, among: names, noun: "sets")
            )
        }
    }
}

extension SeedBook.Entry {
    /// Whether a mode gets the set; without a mode it is `development`.
    package func isFor(_ mode: String?) -> Bool { only.isEmpty || only.contains(mode ?? Self.usualMode) }

    private static let usualMode = "development"
}
