import ClientTransport
import ConnectionExecutor
import Synchronization

/// A connection to one PostgreSQL database.
///
/// ```swift
/// let connection = try await PostgresConnection.connect(to: PostgresConfiguration(url: url))
/// let rows = try await connection.query("SELECT name, price FROM plans WHERE id = $1", [7])
/// print(try rows[0].string("name"), rows[0]["price"]?.double ?? 0)
/// await connection.close()
/// ```
/// Calls run one after another, on a queue of the connection's own, so that a slow statement holds up nothing but this
/// connection. Cancelling the task stops the statement on the server within 100 ms; where the server doesn't confirm that in
/// time, the connection is closed. A connection that is dropped closes itself.
public actor PostgresConnection {
    private let executor = ConnectionExecutor(label: "nexenv.postgres")
    private let configuration: PostgresConfiguration
    let session: PostgresSession
    private let cancelToken = Mutex<PostgresCancelToken?>(nil)
    /// Whether a COPY is waiting for its next chunk, so that no statement may come in between.
    private var isCopying = false

    /// The queue on which blocking calls run.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
        session = PostgresSession(silenceTimeout: configuration.silenceTimeout)
    }

    /// Connects and logs in.
    ///
    /// Cheap enough to be called every 10 ms until a server is up.
    ///
    /// - Throws: ``PostgresError``: `.unreachable`, `.startingUp`, `.authenticationFailed`, `.unknownDatabase`,
    ///   `.tooManyConnections`, `.timedOut` or `.cancelled`, and `.server` for any other refusal.
    public static func connect(
        to configuration: PostgresConfiguration
    ) async throws(PostgresError) -> PostgresConnection {
        let connection = PostgresConnection(configuration)
        try await connection.open()
        return connection
    }

    /// Runs a closure with a connection of its own, and closes it whatever happens.
    @discardableResult
    public static func withConnection<Value>(
        to configuration: PostgresConfiguration,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresConnection) async throws -> sending Value
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

    private func open() throws(PostgresError) {
        let token = try session.open(configuration)
        cancelToken.withLock { $0 = token }
    }

    /// Closes the connection once the running call is done; closing twice is fine.
    public func close() {
        cancelToken.withLock { $0 = nil }
        session.close()
    }

    /// Closes the connection once the running call is done, and waits for a second at most until the server's side has ended.
    ///
    /// Afterwards the connection isn't in `pg_stat_activity` any more, and what it has counted is in the statistics views. With
    /// TLS it only closes.
    package func closeAndWait() {
        cancelToken.withLock { $0 = nil }
        session.closeAndWait(until: Deadline(after: .seconds(1)))
    }

    /// Asks the server to stop the statement that runs now, if any; the statement then fails with SQLSTATE 57014.
    ///
    /// Returns at once. Cancelling the task that waits for the statement is the better way where there is one.
    public nonisolated func cancel() {
        cancelToken.withLock { $0 }?.send()
    }

    /// The process id of the server's side of the connection, as in `pg_stat_activity`.
    ///
    /// - Throws: ``PostgresError`` with `.closed`.
    public var backendPID: Int {
        get throws(PostgresError) { try session.backendPID }
    }

    /// The server's version as a number, such as 150_020 for 15.20.
    ///
    /// - Throws: ``PostgresError`` with `.closed`.
    public var serverVersion: Int {
        get throws(PostgresError) { try session.serverVersion }
    }

    /// Runs one statement and returns its rows; see ``PostgresSession/query(_:_:)``.
    @discardableResult
    public func query(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresError) -> PostgresRows {
        try idleSession().query(sql, parameters)
    }

    /// Runs any number of statements and returns what the last one reported; see ``PostgresSession/execute(_:)``.
    @discardableResult
    public func execute(_ script: String) throws(PostgresError) -> PostgresCommandResult {
        try idleSession().execute(script)
    }

    /// Runs a transaction: commits when the closure returns, rolls back when it throws or the task is cancelled.
    ///
    /// Within a transaction that was begun by a statement before it is a savepoint of that one.
    ///
    /// The closure is synchronous, so nothing else can come between its statements.
    ///
    /// - Throws: What the closure throws, or ``PostgresError``; `.transactionAborted` where the closure returned although a
    ///   statement in it had failed.
    public func transaction<Value: Sendable>(
        _ body: @Sendable (PostgresSession) throws -> Value
    ) throws -> Value {
        try idleSession().transaction(body)
    }

    /// Loads data with COPY FROM STDIN; see ``PostgresSession/copyIn(_:from:)``.
    @discardableResult
    public func copyIn(
        _ statement: String,
        from chunks: some Sequence<[UInt8]> & Sendable
    ) throws(PostgresError) -> PostgresCommandResult {
        try idleSession().copyIn(statement, from: chunks)
    }

    /// Loads data with COPY FROM STDIN as it arrives.
    ///
    /// Until the sequence ends, every other call on the connection throws `.busy`.
    ///
    /// - Parameters:
    ///   - statement: `COPY … FROM STDIN` with its options.
    ///   - chunks: The data; chunks may end anywhere in a row, and the next one is only asked for when the last is sent.
    /// - Returns: The server's summary, with the count of rows.
    /// - Throws: ``PostgresError``, or what the sequence throws; then nothing was loaded.
    @discardableResult
    public func copyIn<Chunks: AsyncSequence & Sendable>(
        _ statement: String,
        from chunks: Chunks
    ) async throws -> PostgresCommandResult where Chunks.Element == [UInt8] {
        let session = try idleSession()
        var copy = try session.beginCopyIn(statement)
        isCopying = true
        defer { isCopying = false }
        do {
            for try await chunk in chunks {
                try session.write(chunk, to: &copy)
            }
            // A cancelled sequence may end as if it were complete.
            try session.checkCancellation()
        } catch {
            session.drain()
            throw error
        }
        return try session.finishCopyIn(&copy)
    }

    /// Reads data with COPY TO STDOUT; see ``PostgresSession/copyOut(_:to:)``.
    @discardableResult
    public func copyOut(
        _ statement: String,
        to consume: @Sendable ([UInt8]) throws -> Void
    ) throws -> PostgresCommandResult {
        try idleSession().copyOut(statement, to: consume)
    }

    private func idleSession() throws(PostgresError) -> PostgresSession {
        guard !isCopying else {
            throw PostgresError(.busy, "A COPY is in progress on this connection.")
        }
        return session
    }
}
