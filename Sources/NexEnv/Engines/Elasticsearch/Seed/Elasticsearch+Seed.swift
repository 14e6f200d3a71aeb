/// Indexes are filled by `_bulk`; a document that is as it should be is not written.
extension Elasticsearch: SeedableEngine {
    package func problem(with set: SeedSet) -> SeedProblem? {
        let target = set.target
        guard let index = target.database, databaseNames.contains(index) else {
            return SeedProblem(
                message: "`\(target.service)` has no index `\(target.database ?? "")`",
                hint: Suggestion.hint(for: target.database ?? "", among: databaseNames, noun: "indexes")
            )
        }
        guard target.path.isEmpty else {
            return SeedProblem(message: "an index has no tables: `\(target.written)`", hint: "`service.index`")
        }
        guard set.source?.isSQL != true else {
            return SeedProblem(message: "a search server runs no SQL here", hint: "`jsonl`, `json`, `csv` or `yaml`")
        }
        guard set.key.isEmpty || set.key == ["_id"] else {
            return SeedProblem(message: "documents are found again by their `_id`", hint: "leave `key` out")
        }
        guard set.runsTriggers else { return SeedProblem(message: "an index has no triggers", hint: "leave it out") }
        return nil
    }

    package func examine(
        _ targets: [SeedTarget],
        of database: String?,
        on server: RunningServer
    ) async throws -> [SeedTarget: SeedTargetState] {
        try await calling(server, database: database) { try await ElasticsearchLedger(client: $0).read(targets) }
    }

    package func load(
        _ sets: [SeedLoad],
        into database: String?,
        on server: RunningServer,
        _ options: SeedOptions
    ) async throws -> [SeedOutcome] {
        try await calling(server, database: database) { client in
            try await sets.fillEach(in: "\(server.service.name).\(database ?? "")", options) {
                ElasticsearchSeedIndex($0, options, client, index: database ?? "")
            }
        }
    }
}
