import ClientTransport
import ConnectionExecutor

/// Asks an HTTP server on loopback whether it answers.
///
/// One request, one look at the status line, no body: an HTTP client would cost more to load than everything else at start-up
/// (15 ms with FoundationNetworking on Linux).
actor HTTPProbe {
    private let executor = ConnectionExecutor(label: "nexenv.http-probe")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Returns the status of a GET request, or nothing when there was no HTTP answer within the time.
    static func get(_ path: String, at endpoint: Endpoint, timeout: Duration = .seconds(2)) async -> Int? {
        await HTTPProbe().request(path, endpoint, Deadline(after: timeout))
    }

    private func request(_ path: String, _ endpoint: Endpoint, _ deadline: Deadline) -> Int? {
        do {
            let socket = try Socket.connect(host: endpoint.host, port: endpoint.port, until: deadline)
            let request = "GET \(path) HTTP/1.1\r\nHost: \(endpoint.host):\(endpoint.port)\r\nConnection: close\r\n\r\n"
            // A request this short fits the empty send buffer of a new connection as a whole.
            let sent = try Array(request.utf8).withUnsafeBytes { bytes in try socket.send(bytes) }
            guard sent == request.utf8.count else { return nil }
            return try status(on: socket, deadline)
        } catch {
            return nil
        }
    }

    /// Reads up to the status, the second word of "HTTP/1.1 200 OK".
    private func status(on socket: borrowing Socket, _ deadline: Deadline) throws -> Int? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64)
        while line.count < 12 {
            _ = try SocketEvents.readable.wait(on: socket.descriptor, until: deadline)
            let count = try buffer.withUnsafeMutableBytes { bytes in try socket.receive(into: bytes) }
            line += buffer[..<count]
        }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        return words.count > 1 && words[0].hasPrefix("HTTP/") ? Int(words[1].prefix(3)) : nil
    }
}
