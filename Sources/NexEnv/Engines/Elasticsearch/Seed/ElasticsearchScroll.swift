/// Goes through the documents of an index as it is when one begins, a thousand at a time.
struct ElasticsearchScroll {
    struct Document: Sendable {
        var id: String
        var source: SeedValue
    }

    private let client: ElasticsearchClient
    private let index: String
    private let query: SeedValue
    private let withSource: Bool

    init(_ client: ElasticsearchClient, _ index: String, query: SeedValue? = nil, withSource: Bool = false) {
        self.client = client
        self.index = index
        self.query = query ?? .document([.init("match_all", .document([]))])
        self.withSource = withSource
    }

    /// Hands over the documents, so many at a time.
    func forEachPart(_ body: ([Document]) async throws -> Void) async throws {
        let search: [SeedValue.Field] = [
            .init("size", .integer(1_000)), .init("sort", .array([.text("_doc")])), .init("query", query),
            .init("_source", .bool(withSource)),
        ]
        var answer = try await client.call("POST", [index, "_search"], [("scroll", "2m")], .json(.document(search)))
        while true {
            let part = try Self.documents(answer)
            if part.isEmpty { break }
            try await body(part)
            let next: [SeedValue.Field] = [
                .init("scroll", .text("2m")), .init("scroll_id", .text(answer["_scroll_id"]?.plainText ?? "")),
            ]
            answer = try await client.call("POST", ["_search", "scroll"], [], .json(.document(next)))
        }
        let end = SeedValue.document([.init("scroll_id", .text(answer["_scroll_id"]?.plainText ?? ""))])
        // What isn't closed is closed by the server two minutes later.
        _ = try? await client.call("DELETE", ["_search", "scroll"], [], .json(end))
    }

    /// Returns which documents there are that something doesn't hold for, those that were written just now included.
    func ids(unless isKept: (String) -> Bool) async throws -> [String] {
        // A search finds what was written once the index is refreshed.
        try await client.call("POST", [index, "_refresh"])
        var ids: [String] = []
        try await forEachPart { part in ids += part.map(\.id).filter { !isKept($0) } }
        return ids
    }

    /// Returns all documents.
    func all() async throws -> [Document] {
        var all: [Document] = []
        try await forEachPart { all += $0 }
        return all
    }

    private static func documents(_ answer: SeedValue) throws -> [Document] {
        if let failed = answer["_shards"]?["failed"], failed != .integer(0) {
            throw ElasticsearchError(status: 503, type: "", message: "\(failed.plainText) shards don't answer")
        }
        guard case .array(let hits)? = answer["hits"]?["hits"] else {
            throw ElasticsearchError(status: 200, type: "", message: "the answer to a search has no hits")
        }
        return hits.map { Document(id: $0["_id"]?.plainText ?? "", source: $0["_source"] ?? .null) }
    }
}
