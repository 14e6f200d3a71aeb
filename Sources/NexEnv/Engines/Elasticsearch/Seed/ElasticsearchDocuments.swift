/// Documents that an index shall have, against those that it has.
struct ElasticsearchDocuments: Sendable {
    /// A document that shall be there.
    struct Wanted: Sendable {
        var id: String
        var fields: [SeedValue.Field]
    }

    /// What the server has under an `_id`.
    struct Found: Sendable {
        var source: SeedValue
        var state: ElasticsearchBulk.State
    }

    let client: ElasticsearchClient
    let index: String

    /// Returns what is there of some documents, as it is now, by `_id`.
    func find(_ ids: [String]) async throws(ElasticsearchError) -> [String: Found] {
        guard !ids.isEmpty else { return [:] }
        let body = SeedValue.document([.init("ids", .array(ids.map { .text($0) }))])
        let answer = try await client.call("POST", [index, "_mget"], [], .json(body))
        guard case .array(let documents)? = answer["docs"], documents.count == ids.count else {
            throw ElasticsearchError(status: 200, type: "", message: "the answer to _mget isn't about what was asked")
        }
        var found: [String: Found] = [:]
        for document in documents {
            if let error = document["error"] { throw ElasticsearchError(error, status: 400) }
            guard document["found"] == .bool(true), let source = document["_source"],
                case .integer(let sequence)? = document["_seq_no"], case .integer(let term)? = document["_primary_term"]
            else { continue }
            found[document["_id"]?.plainText ?? ""] = Found(
                source: source,
                state: .init(sequence: sequence, term: term)
            )
        }
        return found
    }

    /// Returns what makes a document what it shall be; nothing where it is that.
    ///
    /// - Parameter keeps: Whether a field that is there stays as it is.
    static func change(
        _ wanted: Wanted,
        _ found: Found?,
        keeps: (String) -> Bool
    ) -> ElasticsearchBulk.Operation? {
        guard let found, case .document(var fields) = found.source else {
            return .init(.create, id: wanted.id, source: .document(wanted.fields))
        }
        var differs = false
        for field in wanted.fields where !keeps(field.name) {
            let value = asAnswered(field.value)
            guard let place = fields.firstIndex(where: { $0.name == field.name }) else {
                fields.append(field)
                differs = true
                continue
            }
            if isSame(fields[place].value, value) { continue }
            fields[place].value = field.value
            differs = true
        }
        return differs ? .init(.index, id: wanted.id, source: .document(fields), state: found.state) : nil
    }

    /// Returns what makes a document this one and nothing else; nothing where it is that.
    static func replacement(_ wanted: Wanted, _ found: Found?) -> ElasticsearchBulk.Operation? {
        let source = SeedValue.document(wanted.fields)
        guard let found else { return .init(.create, id: wanted.id, source: source) }
        if isSame(found.source, asAnswered(source)) { return nil }
        return .init(.index, id: wanted.id, source: source, state: found.state)
    }

    /// The value as it comes back: times are texts, and so on.
    private static func asAnswered(_ value: SeedValue) -> SeedValue {
        var bytes: [UInt8] = []
        value.appendJSON(to: &bytes)
        return (try? ElasticsearchClient.parse(bytes)) ?? value
    }

    /// Whether two values are the same, whatever the order of their fields.
    private static func isSame(_ left: SeedValue, _ right: SeedValue) -> Bool {
        switch (left, right) {
        case (.document(let left), .document(let right)):
            left.count == right.count
                && left.allSatisfy { field in
                    right.first { $0.name == field.name }.map { isSame(field.value, $0.value) } ?? false
                }
        case (.array(let left), .array(let right)): left.count == right.count && zip(left, right).allSatisfy(isSame)
        default: left == right
        }
    }
}
