import ClientTransport
import ConnectionExecutor

/// A connection to one MongoDB server.
///
/// ```swift
/// let connection = try await MongoConnection.connect(to: MongoConfiguration(url: url))
/// try await connection.insert([["_id": 1, "name": "Basic"]], into: "plans", in: "shop")
/// for plan in try await connection.find("plans", in: "shop").all() { print(plan) }
/// await connection.close()
/// ```
/// Calls run one after another, on a queue of the connection's own. Cancelling the task ends the call within 100 ms by dropping
/// its socket, on which the server stops the operation; the next call makes a new one.
public actor MongoConnection {
    private let executor = ConnectionExecutor(label: "nexenv.mongo")
    private let session: MongoSession

    /// The queue on which blocking calls run.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private init(_ configuration: MongoConfiguration) {
        session = MongoSession(configuration)
    }

    /// Connects, logs in where there is a user, and waits for the server's answer to a ping.
    ///
    /// Cheap enough to be called every 10 ms until a server is up. A ping says nothing about being the primary of a replica
    /// set: run `hello` for that.
    ///
    /// - Throws: ``MongoError``: `.unreachable`, `.authenticationFailed`, `.timedOut` or `.cancelled`, and `.server` for any
    ///   other refusal.
    public static func connect(to configuration: MongoConfiguration) async throws(MongoError) -> MongoConnection {
        let connection = MongoConnection(configuration)
        try await connection.open(within: configuration.connectTimeout)
        return connection
    }

    private func open(within timeout: Duration) throws(MongoError) {
        do {
            _ = try session.run(["ping": 1], in: "admin", limit: Deadline(after: timeout))
        } catch  where error.code == .connectionLost {
            throw MongoError(.unreachable, error.message)
        }
    }

    /// Runs a closure with a connection of its own, and closes it whatever happens.
    @discardableResult
    public static func withConnection<Value>(
        to configuration: MongoConfiguration,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (MongoConnection) async throws -> sending Value
    ) async throws -> sending Value {
        let connection = try await connect(to: configuration)
        do {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Closes the connection once the running call is done; closing twice is fine.
    public func close() {
        session.close()
    }

    /// Runs a command and returns the server's reply.
    ///
    /// - Parameters:
    ///   - command: The command, its name first, such as `["create": "plans"]`.
    ///   - database: The database to run it in.
    /// - Returns: The whole reply.
    /// - Throws: ``MongoError``; a reply in which `ok` is 0 is an error.
    @discardableResult
    public func run(_ command: BSONDocument, in database: String) throws(MongoError) -> BSONDocument {
        try session.run(command, in: database)
    }

    /// Runs a transaction: commits when the closure returns, aborts when it throws.
    ///
    /// The closure is synchronous, so nothing else can come between its commands. Needs a replica set.
    ///
    /// - Throws: What the closure throws, or ``MongoError``. After a `connectionLost` at the end nobody knows whether it was
    ///   committed.
    public func transaction<Value: Sendable>(_ body: @Sendable (MongoTransaction) throws -> Value) throws -> Value {
        try session.transaction(body)
    }

    /// The identifier by which the server knows this connection's transactions, for `killSessions`.
    ///
    /// The server keeps a transaction open, with all that it has locked, when its client is killed.
    ///
    /// - Throws: ``MongoError``.
    public func transactionID() throws(MongoError) -> BSONDocument {
        try session.transactionID()
    }

    /// Finds documents; they come in batches as they are asked for.
    ///
    /// - Parameters:
    ///   - collection: The collection to look in.
    ///   - database: The collection's database.
    ///   - filter: What the documents must be like; an empty filter finds all.
    ///   - options: Further fields of the `find` command, such as `["sort": ["_id": 1], "limit": 10]`.
    ///   - batchSize: How many documents one batch holds at most.
    /// - Returns: A cursor on the first batch.
    /// - Throws: ``MongoError``.
    public func find(
        _ collection: String,
        in database: String,
        filter: BSONDocument = [:],
        options: BSONDocument = [:],
        batchSize: Int = 1000
    ) throws(MongoError) -> MongoCursor {
        var command: BSONDocument = [
            "find": .string(collection), "filter": .document(filter), "batchSize": .int64(Int64(batchSize)),
        ]
        for (key, value) in options {
            do {
                try command.append(value, forKey: key)
            } catch {
                throw MongoError(.invalidArgument, error.message)
            }
        }
        let reply = try session.run(command, in: database)
        return try MongoCursor(
            connection: self,
            database: database,
            collection: collection,
            batchSize: batchSize,
            reply
        )
    }

    /// Inserts documents; those without an `_id` get one.
    ///
    /// libmongoc divides them into messages of at most 48 MB and 100,000 documents.
    ///
    /// - Parameters:
    ///   - documents: The documents, each of at most 16 MB.
    ///   - collection: Where they go; it is made where it doesn't exist.
    ///   - database: The collection's database.
    ///   - ordered: Whether the first document that is refused ends the insert; otherwise all others are still inserted.
    /// - Returns: How many documents were inserted: all of them.
    /// - Throws: ``MongoError``; with `.writeFailed`, it has ``MongoError/writeErrors`` and ``MongoError/insertedCount``.
    @discardableResult
    public func insert(
        _ documents: some Sequence<BSONDocument> & Sendable,
        into collection: String,
        in database: String,
        ordered: Bool = true
    ) throws(MongoError) -> Int {
        try session.insert(documents, into: collection, in: database, ordered: ordered)
    }
}
