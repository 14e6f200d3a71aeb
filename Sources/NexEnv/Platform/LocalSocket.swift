#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A socket that is a file of this machine, by which processes of one user talk, and hand each other open files.
///
/// Every call blocks until the other side has answered, or is gone.
final class LocalSocket: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Connects to a socket; nothing where nobody listens.
    static func connect(_ path: String) -> LocalSocket? {
        let descriptor = make()
        guard descriptor >= 0 else { return nil }
        let socket = LocalSocket(descriptor: descriptor)
        let status = withAddress(path) { address, size in
            #if canImport(Darwin)
            Darwin.connect(descriptor, address, size)
            #else
            Glibc.connect(descriptor, address, size)
            #endif
        }
        return status == 0 ? socket : nil
    }

    private static func make() -> Int32 {
        #if canImport(Darwin)
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return descriptor
    }

    /// Calls with the address of a path; nothing where the path is too long for one, which is so from about a hundred bytes on.
    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard bytes.count < room.count else { return false }
            room.copyBytes(from: bytes)
            return true
        }
        guard fits else { return nil }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    // MARK: - Listening

    /// A socket that others connect to, until it is gone.
    final class Listener: Sendable {
        private let descriptor: Int32
        private let path: String

        /// Listens; nothing where that can't be done under such a path.
        init?(_ path: String) {
            let descriptor = LocalSocket.make()
            guard descriptor >= 0 else { return nil }
            self.descriptor = descriptor
            self.path = path
            unlink(path)
            let status = LocalSocket.withAddress(path) { bind(descriptor, $0, $1) }
            guard status == 0, listen(descriptor, 128) == 0 else { return nil }
        }

        deinit { close(descriptor) }

        /// Waits for the next one; nothing after ``end()``.
        func accept() -> LocalSocket? {
            while true {
                #if canImport(Darwin)
                let other = Darwin.accept(descriptor, nil, nil)
                #else
                let other = Glibc.accept(descriptor, nil, nil)
                #endif
                if other >= 0 {
                    _ = fcntl(other, F_SETFD, FD_CLOEXEC)
                    return LocalSocket(descriptor: other)
                }
                guard errno == EINTR || errno == ECONNABORTED else { return nil }
            }
        }

        /// Has nobody connect any more.
        func end() {
            unlink(path)
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }

    // MARK: - Talking

    /// The room for a message's one open file, as `CMSG_SPACE` says it: a header, and the file's number, aligned as the header is.
    private struct Control {
        var header = cmsghdr()
        var file: Int32 = -1
        var padding: Int32 = 0
    }

    /// Sends a line.
    ///
    /// - Parameter file: An open file that the other side gets too.
    /// - Returns: Whether it was sent.
    func send(_ line: String, file: Int32? = nil) -> Bool {
        var bytes = Array((line + "\n").utf8)
        return bytes.withUnsafeMutableBytes { buffer in
            var vector = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
            var control = Control()
            control.header.cmsg_level = SOL_SOCKET
            control.header.cmsg_type = Self.rights
            control.header.cmsg_len = .init(MemoryLayout<cmsghdr>.size + MemoryLayout<Int32>.size)
            control.file = file ?? -1
            let sent = withUnsafeMutablePointer(to: &vector) { vector in
                withUnsafeMutablePointer(to: &control) { control in
                    var message = msghdr()
                    message.msg_iov = vector
                    message.msg_iovlen = 1
                    if file != nil {
                        message.msg_control = UnsafeMutableRawPointer(control)
                        message.msg_controllen = .init(MemoryLayout<Control>.size)
                    }
                    return sendmsg(descriptor, &message, Self.quietly)
                }
            }
            return sent == buffer.count
        }
    }

    /// Receives a line, and the open file that came with it; nothing where the other side is gone.
    ///
    /// - Parameter milliseconds: How long to wait for the line's beginning; for ever by default.
    func receive(within milliseconds: Int32 = -1) -> (line: String, file: Int32?)? {
        var events = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&events, 1, milliseconds) < 0 { guard errno == EINTR else { return nil } }
        guard events.revents != 0 else { return nil }
        var line: [UInt8] = []
        var file: Int32?
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while line.last != UInt8(ascii: "\n") {
            var control = Control()
            let count = buffer.withUnsafeMutableBytes { buffer in
                var vector = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
                return withUnsafeMutablePointer(to: &vector) { vector in
                    withUnsafeMutablePointer(to: &control) { control in
                        var message = msghdr()
                        message.msg_iov = vector
                        message.msg_iovlen = 1
                        message.msg_control = UnsafeMutableRawPointer(control)
                        message.msg_controllen = .init(MemoryLayout<Control>.size)
                        return recvmsg(descriptor, &message, Self.closingOnExec)
                    }
                }
            }
            if count > 0, control.header.cmsg_type == Self.rights, control.file >= 0 {
                if let file { close(file) }
                file = control.file
            }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                if let file { close(file) }
                return nil
            }
            line += buffer[..<count]
        }
        return (String(decoding: line.dropLast(), as: UTF8.self), file)
    }

    #if canImport(Darwin)
    private static let rights = SCM_RIGHTS
    private static let quietly: Int32 = 0
    private static let closingOnExec: Int32 = 0
    #else
    private static let rights = CInt(SCM_RIGHTS)
    private static let quietly = CInt(MSG_NOSIGNAL)
    private static let closingOnExec = CInt(MSG_CMSG_CLOEXEC)
    #endif
}
