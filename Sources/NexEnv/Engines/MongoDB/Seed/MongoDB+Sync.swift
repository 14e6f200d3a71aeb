#if MongoDB
import MongoClient

extension MongoDB: SyncSourceEngine {
    package func withSyncSource<Value: Sendable>(
        _ sync: SeedSync,
        on server: RunningServer,
        _ body: (any SyncSource) async throws -> Value
    ) async throws -> Value {
        try await seeding(sync.source.database, on: server) { connection, _ in
            try await body(MongoSyncSource(sync: sync, connection: connection))
        }
    }
}

/// A collection that is copied; marks are Extended JSON.
private struct MongoSyncSource: SyncSource {
    let sync: SeedSync
    let connection: MongoConnection

    private var database: String { sync.source.database ?? "" }
    private var collection: String { sync.source.path.joined(separator: ".") }

    func newest() async throws -> SyncMark? {
        guard let field = sync.changedBy else { return nil }
        let newest = try await find([field: ["$exists": true]], sort: [field: -1], limit: 1)
        return newest.first.flatMap { $0[field] }.map(Self.mark)
    }

    func page(after identity: SyncMark?, limit: Int) async throws -> [SyncDocument] {
        guard let identity else { return try await find([:], sort: ["_id": 1], limit: limit).compactMap(document) }
        // `$gt` would see identities of the same type only; where the index is entered doesn't depend on types.
        let last = try Self.value(identity)
        let start: BSONDocument = ["min": ["_id": last], "hint": ["_id": 1]]
        return try await find(["_id": ["$ne": last]], sort: ["_id": 1], start, limit: limit).compactMap(document)
    }

    func page(since mark: SyncMark, after identity: SyncMark?, limit: Int) async throws -> [SyncDocument] {
        guard let field = sync.changedBy else { return [] }
        let since = try Self.value(mark)
        var filter: BSONDocument = [field: ["$gte": since]]
        if let identity {
            let isLater: BSONDocument = ["$gt": ["$_id", ["$literal": try Self.value(identity)]]]
            let same: BSONDocument = [field: since, "$expr": .document(isLater)]
            filter = ["$or": [[field: ["$gt": since]], .document(same)]]
        }
        return try await find(filter, sort: [field: 1, "_id": 1], limit: limit).compactMap(document)
    }

    func forEachIdentity(_ body: (String) -> Void) async throws {
        var cursor = try await connection.find(
            collection,
            in: database,
            options: ["projection": ["_id": 1]],
            batchSize: 10_000
        )
        while let batch = try await cursor.nextBatch() {
            for document in batch { if let id = document["_id"] { body(SeedValue(id).plainText) } }
        }
    }

    private func find(
        _ filter: BSONDocument,
        sort: BSONDocument,
        _ options: BSONDocument = [:],
        limit: Int
    ) async throws -> [BSONDocument] {
        var options = options
        try options.append(.document(sort), forKey: "sort")
        try options.append(.int64(Int64(limit)), forKey: "limit")
        if !sync.fields.isEmpty {
            var projection: BSONDocument = ["_id": 1]
            let fields = sync.fields.map { String($0.value.prefix { $0 != "." }) } + (sync.changedBy.map { [$0] } ?? [])
            for field in Set(fields).sorted() where field != "_id" { try projection.append(1, forKey: field) }
            try options.append(.document(projection), forKey: "projection")
        }
        var cursor = try await connection.find(
            collection,
            in: database,
            filter: filter,
            options: options,
            batchSize: limit
        )
        var found: [BSONDocument] = []
        while let batch = try await cursor.nextBatch() { found += batch }
        return found
    }

    private func document(_ document: BSONDocument) -> SyncDocument? {
        guard let id = document["_id"] else { return nil }
        return SyncDocument(
            id: SeedValue(id).plainText,
            identity: Self.mark(id),
            mark: sync.changedBy.flatMap { document[$0] }.map(Self.mark),
            fields: sync.fields(of: document.map { .init($0.key, SeedValue($0.value)) })
        )
    }

    private static func mark(_ value: BSONValue) -> SyncMark {
        (["v": value] as BSONDocument).extendedJSON(.canonical)
    }

    private static func value(_ mark: SyncMark) throws -> BSONValue {
        try BSONDocument(extendedJSON: mark)["v"] ?? .null
    }
}

extension SeedValue {
    /// What MongoDB has, in the types that all engines have; the Extended JSON of the rest.
    fileprivate init(_ value: BSONValue) {
        self =
            switch value {
            case .double(let number): .double(number)
            case .string(let text), .symbol(let text), .javaScript(let text): .text(text)
            case .document(let document): .document(document.map { Field($0.key, SeedValue($0.value)) })
            case .array(let values): .array(values.map(SeedValue.init))
            case .binary(let bytes, subtype: 4): SeedUUID(bytes: bytes).map { .uuid($0) } ?? .bytes(bytes)
            case .binary(let bytes, subtype: _): .bytes(bytes)
            case .undefined, .null: .null
            case .objectID(let id): .text("\(id)")
            case .bool(let value): .bool(value)
            case .date(let milliseconds): .time(milliseconds * 1_000)
            case .int32(let number): .integer(Int64(number))
            case .int64(let number): .integer(number)
            case .decimal128(let number): SeedValue.number("\(number)") ?? .text("\(number)")
            default: .text((["v": value] as BSONDocument).extendedJSON(.relaxed))
            }
    }
}
#endif
