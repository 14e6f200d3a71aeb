/// Many changes of one index in few requests.
struct ElasticsearchBulk: Sendable {
    /// What is done to a document.
    enum Action: String, Sendable {
        /// Adds one; one of the same `_id` is a conflict.
        case create
        /// Puts one in the place of what is there.
        case index
        case delete
    }

    struct Operation: Sendable {
        var action: Action
        var id: String
        var source: SeedValue
        /// The state that the document has to be in still: what was read is what is replaced.
        var state: State?

        init(_ action: Action, id: String, source: SeedValue, state: State? = nil) {
            self.action = action
            self.id = id
            self.source = source
            self.state = state
        }
    }

    /// Which change a document has seen last.
    struct State: Sendable, Hashable {
        var sequence: Int64
        var term: Int64
    }

    /// What became of an operation.
    struct Result: Sendable {
        var status: Int
        var error: ElasticsearchError?
    }

    /// How many bytes go together; servers take 100 MiB, and answer the sooner the less it is.
    private static let mostBytes = 8 << 20

    private let client: ElasticsearchClient
    private let index: String

    init(_ client: ElasticsearchClient, _ index: String) {
        self.client = client
        self.index = index
    }

    /// Runs operations in their order, and returns what became of each.
    ///
    /// - Throws: ``ElasticsearchError`` where a request as a whole is refused, or its answer isn't about what was asked.
    func run(_ operations: [Operation], refresh: Bool = false) async throws(ElasticsearchError) -> [Result] {
        var results: [Result] = []
        var next = 0
        while next < operations.count {
            let start = next
            var lines: [UInt8] = []
            while next < operations.count, next == start || lines.count < Self.mostBytes {
                Self.append(operations[next], to: &lines)
                next += 1
            }
            let query = refresh ? [("refresh", "true")] : []
            let answer = try await client.call("POST", [index, "_bulk"], query, .lines(lines))
            results += try Self.results(answer, of: operations[start..<next])
        }
        return results
    }

    /// Removes documents.
    ///
    /// - Returns: How many of them were there.
    /// - Throws: ``ElasticsearchError`` of the first that isn't removed.
    func remove(_ ids: [String]) async throws(ElasticsearchError) -> Int {
        let results = try await run(ids.map { Operation(.delete, id: $0, source: .null) })
        if let error = results.lazy.compactMap(\.error).first { throw error }
        return results.count { $0.status < 300 }
    }

    private static func append(_ operation: Operation, to lines: inout [UInt8]) {
        var meta = [SeedValue.Field("_id", .text(operation.id))]
        if let state = operation.state {
            meta += [.init("if_seq_no", .integer(state.sequence)), .init("if_primary_term", .integer(state.term))]
        }
        SeedValue.document([.init(operation.action.rawValue, .document(meta))]).appendJSON(to: &lines)
        lines.append(UInt8(ascii: "\n"))
        guard operation.action != .delete else { return }
        operation.source.appendJSON(to: &lines)
        lines.append(UInt8(ascii: "\n"))
    }

    private static func results(
        _ answer: SeedValue,
        of operations: ArraySlice<Operation>
    ) throws(ElasticsearchError) -> [Result] {
        guard case .array(let items)? = answer["items"], items.count == operations.count else {
            throw ElasticsearchError(status: 200, type: "", message: "the answer to _bulk isn't about what was asked")
        }
        var results: [Result] = []
        for (item, operation) in zip(items, operations) {
            guard let result = item[operation.action.rawValue], result["_id"] == .text(operation.id),
                let status = result["status"].flatMap({ Int($0.plainText) })
            else {
                throw ElasticsearchError(
                    status: 200,
                    type: "",
                    message: "the answer to _bulk isn't about what was asked"
                )
            }
            let isGood = (200..<300).contains(status) || (status == 404 && operation.action == .delete)
            let error = isGood ? nil : ElasticsearchError(result["error"] ?? .null, status: status)
            results.append(Result(status: status, error: error))
        }
        return results
    }
}
