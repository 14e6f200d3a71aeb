extension Elasticsearch: SyncTargetEngine {
    package func withSyncTarget<Value: Sendable>(
        _ sync: SeedSync,
        on server: RunningServer,
        _ body: (any SyncTarget) async throws -> Value
    ) async throws -> Value {
        let index = sync.target.database ?? ""
        return try await calling(server, database: index) { client in
            try await body(ElasticsearchSyncTarget(client: client, index: index))
        }
    }
}

/// An index that is kept like a collection; its cursor lies in the hidden index `nexenv-syncs`.
private struct ElasticsearchSyncTarget: SyncTarget {
    let client: ElasticsearchClient
    let index: String

    private static let cursors = "nexenv-syncs"

    func cursor(of name: String) async throws -> SyncCursor? {
        guard let source = try await client.find("GET", [Self.cursors, "_doc", name])?["_source"],
            let fingerprint = source["fingerprint"]?.plainText
        else { return nil }
        // An index that was made anew since has nothing of what was copied.
        guard source["uuid"]?.plainText == (try await uuid()) else { return nil }
        func mark(_ field: String) -> SyncMark? {
            source[field].flatMap { $0 == .null ? nil : $0.plainText }
        }
        return SyncCursor(
            fingerprint: fingerprint,
            isComplete: source["isComplete"] == .bool(true),
            since: mark("since"),
            identity: mark("identity")
        )
    }

    func note(_ cursor: SyncCursor, of name: String) async throws {
        try await ElasticsearchLedger(client: client).make(
            Self.cursors,
            [
                "fingerprint": "keyword", "uuid": "keyword", "isComplete": "boolean", "since": "keyword",
                "identity": "keyword",
            ]
        )
        let entry: [SeedValue.Field] = [
            .init("fingerprint", .text(cursor.fingerprint)), .init("uuid", .text(try await uuid() ?? "")),
            .init("isComplete", .bool(cursor.isComplete)), .init("since", cursor.since.map { .text($0) } ?? .null),
            .init("identity", cursor.identity.map { .text($0) } ?? .null),
        ]
        try await client.call("PUT", [Self.cursors, "_doc", name], [], .json(.document(entry)))
    }

    private func uuid() async throws -> String? {
        let state = try await client.find("GET", [index], [("flat_settings", "true")])?[index]
        return state?["settings"]?["index.uuid"]?.plainText
    }

    func write(_ documents: [SyncDocument], isPlan: Bool) async throws -> SyncWritten {
        let found = try await ElasticsearchDocuments(client: client, index: index).find(documents.map(\.id))
        let operations = documents.compactMap { document in
            ElasticsearchDocuments.replacement(.init(id: document.id, fields: document.fields), found[document.id])
        }
        let results = isPlan ? [] : try await ElasticsearchBulk(client, index).run(operations)
        var written = SyncWritten()
        for (place, operation) in operations.enumerated() {
            if !isPlan, let error = results[place].error {
                written.refusal = written.refusal ?? (operation.id, error.message)
            } else if operation.action == .create {
                written.inserted += 1
            } else {
                written.updated += 1
            }
        }
        return written
    }

    func remove(isPlan: Bool, unless isKept: (String) -> Bool) async throws -> Int {
        let gone = try await ElasticsearchScroll(client, index).ids(unless: isKept)
        return isPlan ? gone.count : try await ElasticsearchBulk(client, index).remove(gone)
    }

    func finish() async throws { try await client.call("POST", [index, "_refresh"]) }
}
