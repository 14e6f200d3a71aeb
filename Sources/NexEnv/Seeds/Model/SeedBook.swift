import Foundation

/// Every set of an environment, in the order of its files.
package struct SeedBook: Sendable {
    /// A set together with what its file says.
    package struct Entry: Sendable {
        package var name: String
        package var position: SourcePosition
        package var set: SeedSet
        package var clock: Int64

        /// What `!env` sees: the variables of the environment file that names the seed file.
        package var variables: [String: String]

        /// The modes that get it; empty for all.
        package var only: [String]
    }

    /// A collection that an index is kept like, together with what its file says.
    package struct Sync: Sendable {
        package var name: String
        package var position: SourcePosition
        package var sync: SeedSync
        /// The modes that get it; empty for all.
        package var only: [String]
    }

    package private(set) var entries: [Entry] = []

    package private(set) var syncs: [Sync] = []

    private var indexes: [String: Int] = [:]

    package subscript(_ name: String) -> Entry? { indexes[name].map { entries[$0] } }

    /// The names of all sets, for hints.
    package var names: [String] { entries.map(\.name) + syncs.map(\.name) }

    /// Reads the seed files of an environment and checks each set by itself.
    ///
    /// - Throws: ``Diagnostics`` with every problem.
    package static func load(_ environment: Environment) throws(Diagnostics) -> SeedBook {
        let context = DecodingContext()
        var book = SeedBook()
        for path in environment.seeds {
            // A seed file may name what the environment file that names it may name.
            let owner = path.position.file
            let isFree = environment.filesAllowedOutside.contains(owner.path)
            let own = DecodingContext(
                filesAllowedOutside: isFree ? [path.path] : [],
                boundary: (owner.path as NSString).deletingLastPathComponent
            )
            do {
                let variables = environment.variables(of: owner)
                let file = try SeedFile.read(path, variables: variables, own)
                for named in file.sets { book.add(named, of: file, variables, environment, own) }
                for named in file.syncs { book.add(named, of: file, environment, own) }
            } catch {
                own.report(error.all)
            }
            context.report(own.problems)
        }
        for entry in book.entries { book.checkNames(entry, context) }
        for sync in book.syncs { book.checkNames(sync, context) }
        if context.problems.isEmpty { book.checkUse(context) }
        guard context.problems.isEmpty else { throw Diagnostics(context.problems.uniqued().inOrder()) }
        return book
    }

    private mutating func add(
        _ named: Named<SeedSet>,
        of file: SeedFile,
        _ variables: [String: String],
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
        let entry = Entry(
            name: named.name,
            position: named.position,
            set: named.value,
            clock: file.clock,
            variables: variables,
            only: only
        )
        indexes[named.name] = entries.count
        entries.append(entry)
        Self.check(entry, environment, context)
    }

    private mutating func add(
        _ named: Named<SeedSync>,
        of file: SeedFile,
        _ environment: Environment,
        _ context: DecodingContext
    ) {
        let only = named.value.only.isEmpty ? file.only : named.value.only
        syncs.append(Sync(name: named.name, position: named.position, sync: named.value, only: only))
        let isWhole = !named.value.source.service.isEmpty && !named.value.target.service.isEmpty
        guard isWhole, let problem = named.value.problem(in: environment) else { return }
        context.report(.invalidValue, problem.message, at: named.position, hint: problem.hint)
    }

    /// Checks that a sync has its name and its index for itself: what it doesn't know it removes.
    private func checkNames(_ sync: Sync, _ context: DecodingContext) {
        func report(_ message: String, beside other: SourcePosition) {
            let related = [Diagnostic.Related("the other one", at: other)]
            context.report(.conflictingValues, message, at: sync.position, related: related)
        }
        if let other = self[sync.name] { report("a set is called `\(sync.name)` as well", beside: other.position) }
        if let other = entries.first(where: { $0.set.target == sync.sync.target }) {
            report(
                "`\(other.name)` fills the index that `\(sync.name)` keeps like a collection",
                beside: other.position
            )
        }
        let others = syncs.filter { $0.name == sync.name || $0.sync.target == sync.sync.target }
        if let other = others.first, other.position != sync.position {
            report("`\(other.name)` keeps the same index, or has the same name", beside: other.position)
        }
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
            let hint = "one of `csv`, `json`, `jsonl`, `yaml`, `sql` and `query`"
            context.report(.invalidValue, "`from` of `\(entry.name)` names no one file", at: entry.position, hint: hint)
        }
        checkQuery(entry, context)
        let target = set.target
        guard !set.isForOthers else { return }
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

    /// Checks what doesn't go together with a query.
    private static func checkQuery(_ entry: Entry, _ context: DecodingContext) {
        let set = entry.set
        guard let source = set.source else { return }
        func report(_ message: String, hint: String? = nil) {
            context.report(.invalidValue, "`\(entry.name)`: \(message)", at: entry.position, hint: hint)
        }
        if source.query == nil, !source.inputs.isEmpty { report("`with` belongs to a `query`") }
        if source.query != nil {
            if set.defaults != nil { report("`defaults` don't go with a query", hint: "select them") }
            if set.mode == .append {
                report("the rows of a query can't be appended", hint: "`upsert` adds what is missing")
            }
        }
        if source.sql != nil, set.isForOthers { report("statements need a database", hint: "`into: service.database`") }
    }

    /// Checks the names of other sets.
    private func checkNames(_ entry: Entry, _ context: DecodingContext) {
        let inputs = entry.set.source?.inputs ?? []
        for name in entry.set.after + inputs where self[name] == nil {
            context.report(
                .invalidValue,
                "there is no set `\(name)`",
                at: entry.position,
                hint: Suggestion.hint(for: name, among: names, noun: "sets")
            )
        }
        for name in inputs where self[name]?.set.source?.sql != nil {
            let message = "`\(name)` runs statements; it has no rows that `\(entry.name)` could read"
            context.report(.invalidValue, message, at: entry.position)
        }
        let other = entries.first { $0.set.target == entry.set.target && $0.set.runsTriggers }
        if let other, !entry.set.runsTriggers, !entry.set.isForOthers {
            context.report(
                .conflictingValues,
                "triggers run for `\(other.name)` and not for `\(entry.name)`, which fill the same table",
                at: entry.position,
                hint: "say `triggers: false` for both",
                related: [.init("the other one", at: other.position)]
            )
        }
    }

    /// Checks that sets which go nowhere are there for others.
    private func checkUse(_ context: DecodingContext) {
        let used = Set(entries.flatMap { references(of: $0) })
        for entry in entries where entry.set.isForOthers && !used.contains(entry.name) {
            context.report(
                .invalidValue,
                "the set `\(entry.name)` has no `into`, and no other set needs its rows",
                at: entry.position,
                hint: "`into: service.database.table`"
            )
        }
    }
}

extension SeedBook.Sync {
    /// Whether a mode gets it.
    package func isFor(_ mode: String?) -> Bool {
        only.isEmpty || only.contains(mode ?? SeedBook.Entry.usualMode)
    }
}

extension SeedBook.Entry {
    /// Whether a mode gets the set; without a mode it is `development`.
    package func isFor(_ mode: String?) -> Bool { only.isEmpty || only.contains(mode ?? Self.usualMode) }

    fileprivate static let usualMode = "development"
}
