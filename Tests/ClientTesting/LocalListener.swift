import Foundation

/// A loopback listener that plays a server in trouble.
package final class LocalListener: Sendable {
    /// How the listener treats those who connect.
    package enum Behaviour: Sendable {
        /// Accepts into the backlog and never says a word, like a frozen server.
        case silent
        /// Accepts and closes at once, like docker-proxy before the server behind it listens.
        case closing
        /// Accepts, waits for the first bytes, and answers with these.
        case answering([UInt8])
        /// Sends back whatever it receives, and receives nothing more before that is taken.
        case echoing
    }

    /// The port that was free.
    package let port: Int
    private let descriptor: CInt

    package init(_ behaviour: Behaviour) throws {
        #if canImport(Darwin)
        let type = SOCK_STREAM
        #else
        let type = CInt(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                bind(descriptor, pointer.baseAddress, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, pointer.baseAddress, &size) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
        switch behaviour {
        case .silent: break
        case .closing: serve { _ in }
        case .echoing: serve(Self.echo)
        case .answering(let bytes):
            serve { client in
                var first: UInt8 = 0
                guard recv(client, &first, 1, 0) == 1 else { return }
                _ = bytes.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Self.noSignal) }
                // Closing with unread bytes would reset the connection before the answer is read.
                usleep(50_000)
            }
        }
    }

    deinit {
        shutdown(descriptor, CInt(SHUT_RDWR))
        close(descriptor)
    }

    /// A client that is gone is an error, not the end of the test process.
    private static var noSignal: CInt {
        #if canImport(Darwin)
        0
        #else
        CInt(MSG_NOSIGNAL)
        #endif
    }

    @Sendable private static func echo(_ client: CInt) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            var sent = 0
            while sent < count {
                let more = buffer[sent..<count].withUnsafeBytes { send(client, $0.baseAddress, $0.count, noSignal) }
                guard more > 0 else { return }
                sent += more
            }
        }
    }

    private func serve(_ body: @escaping @Sendable (CInt) -> Void) {
        let descriptor = descriptor
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                body(client)
                close(client)
            }
        }
    }
}

/// Returns how many files this process has open.
package func openFileCount() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd").count) ?? 0
}
