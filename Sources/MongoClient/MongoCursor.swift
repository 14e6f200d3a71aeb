/// The documents that a query finds, batch by batch.
///
/// ```swift
/// var cursor = try await connection.find("plans", in: "shop")
/// while let batch = try await cursor.nextBatch() { … }
/// ```
/// A cursor that isn't read to its end is ended with ``close()``, or by the server after ten idle minutes.
public struct MongoCursor: Sendable {
    private let connection: MongoConnection
    private let database: String
    private let collection: String
    private let batchSize: Int
    private var id: Int64
    private var batch: [BSONDocument]?

    init(
        connection: MongoConnection,
        database: String,
        collection: String,
        batchSize: Int,
        _ reply: BSONDocument
    ) throws(MongoError) {
        self.connection = connection
        self.database = database
        self.collection = collection
        self.batchSize = batchSize
        (id, batch) = try Self.parse(reply, "firstBatch")
    }

    /// Returns the next documents, or `nil` after the last.
    ///
    /// - Throws: ``MongoError``.
    public mutating func nextBatch() async throws(MongoError) -> [BSONDocument]? {
        if let first = batch.take(), !first.isEmpty { return first }
        guard id != 0 else { return nil }
        let reply = try await connection.run(
            ["getMore": .int64(id), "collection": .string(collection), "batchSize": .int64(Int64(batchSize))],
            in: database
        )
        let next: [BSONDocument]
        (id, next) = try Self.parse(reply, "nextBatch")
        return next.isEmpty && id == 0 ? nil : next
    }

    /// Returns all documents that are left, in memory.
    ///
    /// - Throws: ``MongoError``.
    public consuming func all() async throws(MongoError) -> [BSONDocument] {
        var documents: [BSONDocument] = []
        while let batch = try await nextBatch() { documents += batch }
        return documents
    }

    /// Ends the cursor on the server, if it isn't at its end.
    ///
    /// - Throws: ``MongoError``.
    public mutating func close() async throws(MongoError) {
        batch = nil
        guard id != 0 else { return }
        let id = id
        self.id = 0
        try await connection.run(["killCursors": .string(collection), "cursors": [.int64(id)]], in: database)
    }

    private static func parse(_ reply: BSONDocument, _ key: String) throws(MongoError) -> (Int64, [BSONDocument]) {
        guard let cursor = reply["cursor"]?.document, let id = cursor["id"]?.int, let batch = cursor[key]?.array else {
            throw MongoError(.unexpectedReply, "The reply has no cursor.")
        }
        return (Int64(id), batch.compactMap(\.document))
    }
}
