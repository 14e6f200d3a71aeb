import ClientTransport
import ConnectionExecutor

/// A connection to an HTTP/1.1 server without TLS, for servers on loopback and in private networks.
///
/// Calls run one after another, on a queue of the connection's own; it is opened when it is needed and kept while the server
/// keeps it. Small on purpose: no redirects, no cookies, no compression. Cancelling the task closes the connection.
package actor HTTPConnection {
    private let executor = ConnectionExecutor(label: "nexenv.http")
    private let host: String
    private let port: Int
    private let timeout: Duration
    private let mostBytes: Int
    private let wire = Wire()

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Creates a connection that isn't open yet.
    ///
    /// - Parameters:
    ///   - timeout: How long the server may be silent.
    ///   - mostBytes: The largest body that is taken.
    package init(host: String, port: Int, timeout: Duration = .seconds(60), mostBytes: Int = 64 << 20) {
        self.host = host
        self.port = port
        self.timeout = timeout
        self.mostBytes = mostBytes
    }

    /// Asks, and returns the answer, whatever its status.
    package func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        let head = try request.head(host: host, port: port)
        try open()
        var parser = HTTPResponseParser(method: request.method, mostBytes: mostBytes)
        do throws(HTTPError) {
            let isSent = try wire.send(head, request.body, silence: timeout)
            try wire.receive(into: &parser, silence: timeout)
            if !isSent || !parser.keepsConnection { wire.close() }
            guard let response = parser.response else { throw HTTPError(.connectionLost, "the connection ended") }
            return response
        } catch {
            wire.close()
            throw error
        }
    }

    /// Closes the connection; closing twice is fine.
    package func close() { wire.close() }

    private func open() throws(HTTPError) {
        if wire.isUsable { return }
        do {
            wire.open(try Socket.connect(host: host, port: port, until: Deadline(after: timeout)))
        } catch {
            throw HTTPError(error, isConnecting: true)
        }
    }
}

/// The socket of a connection; a class, since a socket can't be copied in and out of an actor's property.
private final class Wire {
    private var socket: Socket?

    func open(_ socket: consuming Socket) { self.socket = consume socket }

    func close() { socket = nil }

    /// Whether the socket is open with nothing to be read: what a server has closed meanwhile can be read to its end.
    var isUsable: Bool {
        guard let descriptor = socket?.descriptor else { return false }
        do throws(TransportError) {
            _ = try SocketEvents.readable.wait(
                on: descriptor,
                until: Deadline(after: .zero),
                heedingCancellation: false
            )
            return false
        } catch {
            return error == .timedOut
        }
    }

    /// Sends a request, and stops where the server answers before it has heard all of it.
    ///
    /// - Returns: Whether all was sent.
    func send(_ head: [UInt8], _ body: [UInt8], silence: Duration) throws(HTTPError) -> Bool {
        for part in [head, body] {
            var sent = 0
            while sent < part.count {
                do throws(TransportError) {
                    let events = try wait([.readable, .writable], silence)
                    if events.contains(.readable) { return false }
                    sent += try part.withUnsafeBufferPointer { bytes throws(TransportError) in
                        try socket?.send(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[sent...])) ?? 0
                    }
                } catch .closed {
                    return false
                } catch .system {
                    // It may have said why before it closed.
                    return false
                } catch {
                    throw HTTPError(error)
                }
            }
        }
        return true
    }

    func receive(into parser: inout HTTPResponseParser, silence: Duration) throws(HTTPError) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while parser.response == nil {
            var count = 0
            do throws(TransportError) {
                _ = try wait(.readable, silence)
                count = try buffer.withUnsafeMutableBufferPointer { buffer throws(TransportError) in
                    guard let count = try socket?.receive(into: UnsafeMutableRawBufferPointer(buffer)) else {
                        throw .closed
                    }
                    return count
                }
            } catch .closed {
                try parser.end()
                continue
            } catch {
                throw HTTPError(error)
            }
            guard count > 0 else { continue }
            try buffer.withUnsafeBufferPointer { bytes throws(HTTPError) in
                try parser.take(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<count]))
            }
        }
    }

    private func wait(_ events: SocketEvents, _ silence: Duration) throws(TransportError) -> SocketEvents {
        guard let descriptor = socket?.descriptor else { throw .closed }
        return try events.wait(on: descriptor, until: Deadline(after: silence))
    }
}
