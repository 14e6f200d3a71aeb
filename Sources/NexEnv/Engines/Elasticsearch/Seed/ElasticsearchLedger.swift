/// What was loaded into indexes, kept on the server: the hidden indexes `nexenv-seeds` and `nexenv-seed-rows`.
struct ElasticsearchLedger: Sendable {
    /// What the names of our own indexes begin with.
    static let prefix = "nexenv-"

    private static let sets = "nexenv-seeds"
    private static let rows = "nexenv-seed-rows"

    let client: ElasticsearchClient

    /// Returns what the targets are like; those that aren't there are left out.
    func read(_ targets: [SeedTarget]) async throws -> [SeedTarget: SeedTargetState] {
        var states: [SeedTarget: SeedTargetState] = [:]
        for target in targets {
            guard let index = target.database, let version = try await version(of: index) else { continue }
            var state = SeedTargetState(key: ["_id"])
            state.uniqueKeys = [["_id"]]
            state.version = version
            for (name, source) in try await loaded(into: target.written) {
                guard let fingerprint = source["fingerprint"]?.plainText else { continue }
                state.loaded[name] = SeedLedgerEntry(
                    fingerprint: fingerprint,
                    version: source["version"]?.plainText,
                    rows: Int(source["rows"]?.plainText ?? "") ?? 0
                )
            }
            states[target] = state
        }
        return states
    }

    /// The index's identity and the number of its last change, for each of its shards; nothing for one that isn't there.
    ///
    /// Every change of a document has a number (`_seq_no`) that outlives the server's restart.
    func version(of index: String) async throws -> String? {
        let answer = try await client.find("GET", [index, "_stats", "docs"], [("level", "shards")])
        guard let stats = answer?["indices"]?[index] else { return nil }
        guard case .document(let shards)? = stats["shards"], let uuid = stats["uuid"]?.plainText else { return "" }
        let numbers = shards.sorted { $0.name < $1.name }.compactMap { shard -> String? in
            guard case .array(let copies) = shard.value else { return nil }
            let primary = copies.first { $0["routing"]?["primary"] == .bool(true) }
            return primary?["seq_no"]?["max_seq_no"]?.plainText
        }
        return numbers.count == shards.count ? "\(uuid)-\(numbers.joined(separator: "-"))" : ""
    }

    // MARK: - Sets

    private func loaded(into target: String) async throws -> [(String, SeedValue)] {
        guard try await client.has([Self.sets]) else { return [] }
        let query = Self.term("target", target)
        return try await ElasticsearchScroll(client, Self.sets, query: query, withSource: true).all()
            .map { ($0.id, $0.source) }
    }

    /// Notes that a set is loaded.
    func note(_ load: SeedLoad, index: String, rows: Int) async throws {
        try await make(
            Self.sets,
            ["target": "keyword", "fingerprint": "keyword", "version": "keyword", "rows": "long"]
        )
        let entry: [SeedValue.Field] = [
            .init("target", .text(load.set.target.written)), .init("fingerprint", .text(load.fingerprint)),
            .init("version", .text(try await version(of: index) ?? "")), .init("rows", .integer(Int64(rows))),
        ]
        try await client.call("PUT", [Self.sets, "_doc", load.name], [("refresh", "true")], .json(.document(entry)))
    }

    // MARK: - Rows of sets that remove what they no longer have

    /// Notes documents that a set has added.
    func own(_ ids: [String], of index: String, by set: String) async throws {
        guard !ids.isEmpty else { return }
        try await make(Self.rows, ["set": "keyword", "index": "keyword", "id": "keyword"])
        try await change(ids, of: index, by: set) { id in
            let entry: [SeedValue.Field] = [
                .init("set", .text(set)), .init("index", .text(index)), .init("id", .text(id)),
            ]
            return .init(.index, id: "", source: .document(entry))
        }
    }

    /// Forgets documents that are gone.
    func disown(_ ids: [String], of index: String, by set: String) async throws {
        guard !ids.isEmpty, try await client.has([Self.rows]) else { return }
        try await change(ids, of: index, by: set) { _ in .init(.delete, id: "", source: .null) }
    }

    private func change(
        _ ids: [String],
        of index: String,
        by set: String,
        _ operation: (String) -> ElasticsearchBulk.Operation
    ) async throws {
        for start in stride(from: 0, to: ids.count, by: 1_000) {
            let operations = ids[start..<min(start + 1_000, ids.count)].map { id in
                var operation = operation(id)
                operation.id = SHA256Digest.hex(of: [set, index, id].joined(separator: "\u{0}"))
                return operation
            }
            let results = try await ElasticsearchBulk(client, Self.rows).run(operations, refresh: true)
            if let error = results.lazy.compactMap(\.error).first { throw error }
        }
    }

    /// The documents that a set has added.
    func owned(of index: String, by set: String) async throws -> [String] {
        guard try await client.has([Self.rows]) else { return [] }
        let query = SeedValue.document([
            .init(
                "bool",
                .document([.init("filter", .array([Self.term("set", set), Self.term("index", index)]))])
            )
        ])
        return try await ElasticsearchScroll(client, Self.rows, query: query, withSource: true).all()
            .compactMap { $0.source["id"]?.plainText }
    }

    static func term(_ field: String, _ value: String) -> SeedValue {
        .document([.init("term", .document([.init(field, .text(value))]))])
    }

    /// Makes one of our own indexes where it isn't there yet.
    func make(_ index: String, _ fields: KeyValuePairs<String, String>) async throws {
        if try await client.has([index]) { return }
        let properties = fields.map { SeedValue.Field($0.key, .document([.init("type", .text($0.value))])) }
        let body: [SeedValue.Field] = [
            .init(
                "settings",
                .document([.init("index.hidden", .bool(true)), .init("index.number_of_replicas", .integer(0))])
            ), .init("mappings", .document([.init("properties", .document(properties))])),
        ]
        do {
            try await client.call("PUT", [index], [], .json(.document(body)))
        } catch {
            // Somebody else was quicker.
            guard error.type == "resource_already_exists_exception" else { throw error }
        }
    }
}
