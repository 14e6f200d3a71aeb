/// Makes the rows of sets, and lets generators pick from the sets that they name.
final class SeedRowMaker {
    private let book: SeedBook
    private let identities: SeedIdentities
    private let resolver: SeedResolver
    /// The columns of sets that go to tables.
    private let columns: [String: [SeedTableColumn]]
    private var sources: [String: any SeedSource] = [:]
    private var made: [String: SeedRows] = [:]
    /// The generators of sets with the values that are no columns: those can be picked all the same.
    private var complete: [String: SeedRowGenerator] = [:]
    private var broken: Set<String> = []
    private var underway: Set<String> = []

    init(
        _ book: SeedBook,
        _ identities: SeedIdentities,
        columns: [String: [SeedTableColumn]] = [:],
        _ context: DecodingContext
    ) {
        self.book = book
        self.columns = columns
        self.identities = identities
        resolver = SeedResolver(book, identities, context)
    }

    /// Returns a set's rows; fewer, or none, after problems were reported.
    func rows(of entry: SeedBook.Entry) -> SeedRows {
        if let rows = made[entry.name] { return rows }
        let rows =
            entry.set.generation.map { generated(entry, $0) } ?? query(entry) ?? file(entry)
            ?? .records(resolver.records(of: entry))
        made[entry.name] = rows
        return rows
    }

    private func query(_ entry: SeedBook.Entry) -> SeedRows? {
        guard let source = entry.set.source, let file = source.query else { return nil }
        var inputs: [SeedQuery.Input] = []
        for case let other? in source.inputs.map({ book[$0] }) {
            let rows = rows(of: other)
            if case .query(let query) = rows { inputs += query.inputs }
            let types = columns[other.name, default: []].map { ($0.name, $0.type) }
            inputs.append(.init(name: other.name, rows: rows, types: Dictionary(types) { first, _ in first }))
        }
        var seen: Set<String> = []
        do {
            let statement = try SeedQuery.statement(of: file)
            return .query(SeedQuery(statement: statement, inputs: inputs.filter { seen.insert($0.name).inserted }))
        } catch {
            resolver.context.report(error.all)
            return .records([])
        }
    }

    private func file(_ entry: SeedBook.Entry) -> SeedRows? {
        guard let source = entry.set.source else { return nil }
        let constants = (entry.set.defaults?.entries ?? []).compactMap { field in
            resolver.constant(field.value, of: entry, field: field.key.name).map { SeedValue.Field(field.key.name, $0) }
        }
        do {
            return try SeedFileRows(source, constants: constants).map { .file($0) }
        } catch let error as Diagnostics {
            resolver.context.report(error.all)
        } catch {
            resolver.context.report(.unreadableFile, "\(error)", at: source.file?.path.position)
        }
        return .records([])
    }

    private func generated(_ entry: SeedBook.Entry, _ generation: SeedGeneration) -> SeedRows {
        for node in [generation.fields, generation.hidden] where node?.entries == nil {
            guard let node else { continue }
            resolver.context.wrongType(node, expected: "names and how each is made")
            return .records([])
        }
        var fields = generation.allFields
        fields += (entry.set.defaults?.entries ?? []).filter { common in
            !fields.contains { $0.key.name == common.key.name }
        }
        let all = fields
        underway.insert(entry.name)
        defer { underway.remove(entry.name) }
        let named = book.references(of: entry).compactMap { name in source(named: name).map { (name, $0) } }
        let plan = SeedGenerationPlan(
            set: entry.name,
            count: generation.count,
            seed: generation.seed,
            clock: entry.clock
        )
        var secrets: [SeedColumnSecret] = []
        let generator = SeedRowGenerator.make(
            fields: all,
            plan,
            directory: MadeSets(setNames: book.names, sources: Dictionary(uniqueKeysWithValues: named), broken: broken),
            resolver.context
        ) { [self] node, compiler in
            let field = all.first { $0.value.position == node.position }?.key.name ?? ""
            switch node.tag {
            case "id":
                return SeedComputedGenerator(identities.column(of: entry.name, generation, field: field))
            case "hash":
                guard let secret = resolver.secret(of: node, entry, field: field) else { return nil }
                secrets.append(secret)
                return SeedComputedGenerator(SeedColumn { _ in secret.value })
            case "tpl": return template(node, entry, compiler)
            default:
                return resolver.constant(node, of: entry, field: field).map { SeedConstantGenerator($0) }
            }
        }
        let hidden = Set(generation.hidden?.entries?.map(\.key.name) ?? [])
        complete[entry.name] = generator
        if generator == nil { broken.insert(entry.name) }
        return generator.map { .generated($0.leavingOut(hidden), secrets) } ?? .records([])
    }

    /// Makes a text with fields of the row and references in it; nothing after a problem was reported.
    private func template(
        _ node: YAMLNode,
        _ entry: SeedBook.Entry,
        _ compiler: SeedGeneratorCompiler
    ) -> (any SeedGenerator)? {
        guard let parts = node.text.flatMap(SeedTemplate.parts) else {
            return resolver.constant(node, of: entry, field: "").map { SeedConstantGenerator($0) }
        }
        // What a reference stands for is the same in every row.
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal.replacing("${", with: "$${")
            case .field(let name): text += "${\(name)}"
            case .reference(let reference):
                var single = node
                single.content = .scalar("${ref:\(reference)}")
                guard let value = resolver.constant(single, of: entry, field: "") else { return nil }
                text += value.plainText.replacing("${", with: "$${")
            }
        }
        var settled = node
        settled.content = .scalar(text)
        return compiler.template(settled)
    }

    // MARK: - Sets to pick from

    private func source(named name: String) -> (any SeedSource)? {
        if let source = sources[name] { return source }
        // A set that picks from itself does so by its own fields.
        guard let entry = book[name], !underway.contains(name) else { return nil }
        let source: any SeedSource
        switch rows(of: entry) {
        case .records(let records): source = RecordSource(entry, records)
        case .generated(let generator, _):
            source = GeneratedSource(entry, complete[name] ?? generator, identities)
        case .file(let file): source = RecordSource(entry, rows(of: file, entry))
        case .query: return nil
        }
        sources[name] = source
        return source
    }

    /// The rows of a file that others pick from, all in memory.
    private func rows(of file: SeedFileRows, _ entry: SeedBook.Entry) -> [SeedRow] {
        var rows: [SeedRow] = []
        do {
            try file.forEach { _, record in
                let label = entry.set.source?.label ?? entry.set.key.first
                let text = record.fields.first { $0.name == label }?.value.plainText
                rows.append(SeedRow(label: text, position: nil, fields: record.fields))
                return true
            }
        } catch let error as Diagnostics {
            resolver.context.report(error.all)
        } catch {
            resolver.context.report(.unreadableFile, "\(error)", at: entry.position)
        }
        return rows
    }

    private struct MadeSets: SeedDirectory {
        var setNames: [String]
        var sources: [String: any SeedSource]
        var broken: Set<String>

        func isBroken(_ name: String) -> Bool { broken.contains(name) }

        func source(named name: String) -> (any SeedSource)? { sources[name] }
    }

    private struct RecordSource: SeedSource {
        let count: Int
        let labels: [String]
        let identity: SeedColumn
        let fieldNames: [String]
        private let records: [SeedRow]

        init(_ entry: SeedBook.Entry, _ records: [SeedRow]) {
            self.records = records
            count = records.count
            labels = records.compactMap(\.label)
            fieldNames = records.first?.fields.map(\.name) ?? []
            let key = entry.set.key.first
            identity = SeedColumn { row in
                let record = records[row]
                return record.identity ?? record.fields.first { $0.name == key }?.value ?? .text(record.label ?? "")
            }
        }

        func column(named name: String) -> SeedColumn? {
            guard records.contains(where: { $0.fields.contains { $0.name == name } }) else { return nil }
            return SeedColumn { [records] row in records[row].fields.first { $0.name == name }?.value ?? .null }
        }
    }

    private struct GeneratedSource: SeedSource {
        var count: Int { generator.count }
        var labels: [String] { [] }
        var fieldNames: [String] { generator.names }
        let identity: SeedColumn
        private let generator: SeedRowGenerator

        init(_ entry: SeedBook.Entry, _ generator: SeedRowGenerator, _ identities: SeedIdentities) {
            self.generator = generator
            let fields = entry.set.generation?.fields?.entries ?? []
            let field = fields.first { $0.value.tag == "id" }?.key.name ?? entry.set.key.first ?? ""
            identity =
                generator.column(named: field)
                ?? identities.column(of: entry.name, entry.set.generation ?? SeedGeneration(), field: field)
        }

        func column(named name: String) -> SeedColumn? { generator.column(named: name) }
    }
}
