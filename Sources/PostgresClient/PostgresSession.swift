import CLibPQ
import ClientTransport

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A connection as seen from inside its own executor: every call is plain, synchronous and blocks.
///
/// ``PostgresConnection/transaction(_:)`` hands one to its closure. It isn't `Sendable`, so it can't leave the closure, and
/// nothing else can reach the connection before the closure returns.
public final class PostgresSession {
    private var handle: PostgresHandle?
    private var cancelToken: PostgresCancelToken?
    private let silenceTimeout: Duration
    /// When the clean-up that runs now gives up; it heeds no cancellation.
    private var cleanUpDeadline: Deadline?

    init(silenceTimeout: Duration) {
        self.silenceTimeout = silenceTimeout
    }

    /// Connects and returns the session, for whoever stays on one thread; it closes itself.
    package static func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> PostgresSession {
        let session = PostgresSession(silenceTimeout: configuration.silenceTimeout)
        _ = try session.open(configuration)
        return session
    }

    /// Connects, and returns the token with which other threads stop a statement.
    func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> PostgresCancelToken {
        let handle = try PostgresHandle.connect(to: configuration)
        guard let token = PostgresCancelToken(connection: handle.pointer) else {
            throw PostgresError(.connectionLost, handle.message)
        }
        cancelToken = token
        self.handle = consume handle
        return token
    }

    /// Closes the connection; closing twice is fine.
    func close() {
        handle = nil
    }

    /// Closes the connection, and waits until the server's side has ended too.
    func closeAndWait(until deadline: Deadline) {
        defer { close() }
        // Within TLS only libpq could say good-bye.
        guard let pointer = handle?.pointer, PQsslInUse(pointer) == 0, PQtransactionStatus(pointer) != PQTRANS_ACTIVE
        else { return }
        // `Terminate` (PostgreSQL, "Message Formats").
        let message: [UInt8] = [UInt8(ascii: "X"), 0, 0, 0, 4]
        guard (try? message.withUnsafeBytes { try sendAll($0, on: pointer) }) != nil else { return }
        var byte: UInt8 = 0
        repeat {
            let events = try? SocketEvents.readable.wait(
                on: PQsocket(pointer),
                until: deadline,
                heedingCancellation: false
            )
            guard events != nil else { return }
        } while recv(PQsocket(pointer), &byte, 1, 0) > 0
    }

    /// Returns the `PGconn`, which stays valid until ``close()``.
    func pointer() throws(PostgresError) -> OpaquePointer {
        guard let pointer = handle?.pointer else {
            throw PostgresError(.closed, "The connection is closed.")
        }
        return pointer
    }

    /// Runs one exchange with the server and leaves the connection either ready for the next one or closed.
    ///
    /// - Parameter body: Throws server errors only after all results were taken.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws, or `.closed`.
    func exchange<Value>(
        _ body: (OpaquePointer) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        let pointer = try pointer()
        do {
            return try body(pointer)
        } catch {
            switch error.code {
            case .cancelled, .timedOut: abandonExchange()
            case .connectionLost: close()
            default: break
            }
            throw error
        }
    }

    /// Waits for the socket, but no longer than the server may stay silent.
    func wait(for events: SocketEvents) throws(PostgresError) -> SocketEvents {
        let socket = PQsocket(try pointer())
        do {
            return try events.wait(
                on: socket,
                until: cleanUpDeadline ?? Deadline(after: silenceTimeout),
                heedingCancellation: cleanUpDeadline == nil
            )
        } catch {
            switch error {
            case .cancelled: throw PostgresError(.cancelled, "The task was cancelled.")
            case .timedOut: throw PostgresError(.timedOut, "The server was silent for too long.")
            case .closed, .unresolvable, .system: throw PostgresError(.connectionLost, "The socket failed.")
            }
        }
    }

    /// Throws where the task was cancelled, unless this is clean-up.
    func checkCancellation() throws(PostgresError) {
        guard cleanUpDeadline != nil || !Task.isCancelled else {
            throw PostgresError(.cancelled, "The task was cancelled.")
        }
    }

    /// Runs clean-up that a cancelled task doesn't stop.
    func shielded<Value>(atMost duration: Duration, _ body: () -> Value) -> Value {
        let outer = cleanUpDeadline
        cleanUpDeadline = Deadline(after: duration)
        defer { cleanUpDeadline = outer }
        return body()
    }

    /// Takes whatever the server still sends, and ends a COPY that was begun; closes the connection if that takes too long.
    func drain() {
        let isIdle = shielded(atMost: cleanUpTime) {
            do throws(PostgresError) {
                try finish(try pointer()) { _ in }
                return true
            } catch {
                // The server's verdict on what is being given up; anything else means that it isn't done.
                return error.code == .server || error.code == .invalidArgument
            }
        }
        if !isIdle { close() }
    }

    /// Stops whatever the server does, and drains.
    ///
    /// The request is waited for as well: a late one would hit the next statement.
    private func abandonExchange() {
        let deadline = Deadline(after: cleanUpTime)
        guard let request = cancelToken?.send() else { return close() }
        drain()
        if !request.wait(atMost: deadline.remaining) { close() }
    }

    /// How long clean-up may take: together with one slice of waiting, less than 100 ms after a cancellation.
    private var cleanUpTime: Duration {
        Task.isCancelled ? .milliseconds(60) : .seconds(1)
    }
}

extension PostgresSession {
    /// The process id of the server's side of the connection.
    var backendPID: Int {
        get throws(PostgresError) { Int(PQbackendPID(try pointer())) }
    }

    /// The server's version as a number, such as 150_020.
    var serverVersion: Int {
        get throws(PostgresError) { Int(PQserverVersion(try pointer())) }
    }
}
