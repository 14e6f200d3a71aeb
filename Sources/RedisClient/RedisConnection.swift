import ClientTransport
import ConnectionExecutor

/// A connection to one logical database of a Redis server.
///
/// ```swift
/// let connection = try await RedisConnection.connect(to: RedisConfiguration(url: url))
/// try await connection.send(["SET", "greeting", "hello"])
/// print(try await connection.send(["GET", "greeting"]).text ?? "nothing")
/// await connection.close()
/// ```
/// Calls run one after another, on a queue of the connection's own. Redis can't be told to stop a command, so cancelling the
/// task closes the connection. A connection that is dropped closes itself.
public actor RedisConnection {
    private let executor = ConnectionExecutor(label: "nexenv.redis")
    private let configuration: RedisConfiguration
    private let session = RedisSession()

    /// The queue on which blocking calls run.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
    }

    /// Connects, logs in, chooses the database and waits for the server's answer to a PING.
    ///
    /// Cheap enough to be called every 10 ms until a server is up.
    ///
    /// - Throws: ``RedisError``: `.unreachable`, `.loading`, `.authenticationFailed`, `.timedOut` or `.cancelled`, and
    ///   `.server` for any other refusal, such as a database that doesn't exist.
    public static func connect(to configuration: RedisConfiguration) async throws(RedisError) -> RedisConnection {
        let connection = RedisConnection(configuration)
        try await connection.open()
        return connection
    }

    /// Runs a closure with a connection of its own, and closes it whatever happens.
    @discardableResult
    public static func withConnection<Value>(
        to configuration: RedisConfiguration,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (RedisConnection) async throws -> sending Value
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

    private func open() throws(RedisError) {
        try session.open(configuration)
    }

    /// Closes the connection once the running call is done; closing twice is fine.
    public func close() {
        session.close()
    }

    /// Sends one command and returns its reply.
    ///
    /// - Parameter command: The words of the command, such as `["SET", "key", "value"]`.
    /// - Returns: The reply, never ``RedisReply/error(_:)`` itself.
    /// - Throws: ``RedisError``, also for an error reply.
    @discardableResult
    public func send(_ command: [RedisArgument]) throws(RedisError) -> RedisReply {
        var answer = RedisReply.null
        try exchange(CollectionOfOne(command)) { _, reply in answer = reply }
        if case .error(let error) = answer { throw error }
        return answer
    }

    /// Sends commands without waiting for each reply, and returns all replies in the same order.
    ///
    /// No other call comes in between, so `MULTI`, commands and `EXEC` in one pipeline are a transaction.
    ///
    /// - Parameter commands: The commands; they are encoded as they are sent.
    /// - Returns: One reply per command; ``RedisReply/error(_:)`` for one that failed.
    /// - Throws: ``RedisError`` where the connection fails.
    public func pipeline(_ commands: some Sequence<[RedisArgument]> & Sendable) throws(RedisError) -> [RedisReply] {
        var replies: [RedisReply] = []
        try exchange(commands) { _, reply in replies.append(reply) }
        return replies
    }

    /// Sends commands without waiting for each reply, and hands over each reply as it comes.
    ///
    /// Bounded memory for any number of commands: 64 KiB are encoded ahead, and sending never waits for receiving.
    ///
    /// - Parameters:
    ///   - commands: The commands; they are encoded as they are sent.
    ///   - receive: Receives the index of each command and its reply, in order, on the connection's executor.
    /// - Throws: ``RedisError`` where the connection fails.
    public func pipeline(
        _ commands: some Sequence<[RedisArgument]> & Sendable,
        receive: @Sendable (Int, RedisReply) -> Void
    ) throws(RedisError) {
        try exchange(commands, receive)
    }

    /// Sends commands that were made, and finished, before, and returns those that were refused.
    ///
    /// - Throws: ``RedisError`` where the connection fails.
    public func run(_ commands: RedisCommands) throws(RedisError) -> [RedisRefusal] {
        let timeout = configuration.silenceTimeout
        return try session.run(commands, deadline: { Deadline(after: timeout) })
    }

    private func exchange(
        _ commands: some Sequence<[RedisArgument]>,
        _ receive: (Int, RedisReply) -> Void
    ) throws(RedisError) {
        let timeout = configuration.silenceTimeout
        try session.exchange(commands, deadline: { Deadline(after: timeout) }, receive)
    }
}
