#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A connected TCP socket that never blocks in `send` or `recv`, and closes itself.
package struct Socket: ~Copyable {
    /// The file descriptor, open for as long as this value lives.
    package let descriptor: CInt

    private init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Connects to the first address of a host that answers.
    ///
    /// - Throws: ``TransportError``; where no address answers, the failure of the last one.
    package static func connect(host: String, port: Int, until deadline: Deadline) throws(TransportError) -> Socket {
        var failure = TransportError.unresolvable
        for address in try HostAddress.resolve(host: host, port: port, until: deadline) {
            do {
                return try connect(to: address, until: deadline)
            } catch .system(let code) {
                failure = .system(code)
            }
        }
        throw failure
    }

    /// Sends as many bytes as the kernel takes at once.
    ///
    /// A connection that the other side closed is an error, never a `SIGPIPE`.
    ///
    /// - Returns: The count of bytes sent, or 0 when the socket has to become writable first.
    package borrowing func send(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
        #if canImport(Darwin)
        // SO_NOSIGPIPE is set on the socket.
        let count = Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
        #else
        let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        #endif
        if count >= 0 { return count }
        guard Self.isTransient(errno) else { throw .system(errno) }
        return 0
    }

    /// Receives what has arrived.
    ///
    /// - Returns: The count of bytes received, or 0 when the socket has to become readable first.
    /// - Throws: `.closed` at the end of the stream, else `.system`.
    package borrowing func receive(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> Int {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return count }
        if count == 0 { throw .closed }
        guard Self.isTransient(errno) else { throw .system(errno) }
        return 0
    }

    private static func isTransient(_ code: CInt) -> Bool {
        code == EAGAIN || code == EWOULDBLOCK || code == EINTR
    }

    private static func connect(to address: HostAddress, until deadline: Deadline) throws(TransportError) -> Socket {
        let socket = try Socket(family: address.family)
        let code = address.bytes.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                #if canImport(Darwin)
                Darwin.connect(socket.descriptor, pointer.baseAddress, socklen_t(bytes.count))
                #else
                Glibc.connect(socket.descriptor, pointer.baseAddress, socklen_t(bytes.count))
                #endif
            }
        }
        guard code != 0 else { return socket }
        guard errno == EINPROGRESS else { throw .system(errno) }

        _ = try SocketEvents.writable.wait(on: socket.descriptor, until: deadline)
        var failure: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(socket.descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 else { throw .system(errno) }
        guard failure == 0 else { throw .system(failure) }
        return socket
    }

    /// Creates a socket that is not connected: non-blocking, closed on `exec`, and without Nagle's delay.
    private init(family: CInt) throws(TransportError) {
        #if canImport(Darwin)
        let descriptor = Darwin.socket(family, SOCK_STREAM, 0)
        guard descriptor >= 0 else { throw .system(errno) }
        self.init(descriptor: descriptor)
        set(SOL_SOCKET, SO_NOSIGPIPE)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        #else
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(family, type, 0)
        guard descriptor >= 0 else { throw .system(errno) }
        self.init(descriptor: descriptor)
        #endif
        set(CInt(IPPROTO_TCP), TCP_NODELAY)
    }

    private borrowing func set(_ level: CInt, _ option: CInt) {
        var enabled: CInt = 1
        setsockopt(descriptor, level, option, &enabled, socklen_t(MemoryLayout<CInt>.size))
    }
}
