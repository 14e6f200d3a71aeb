import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A TCP port that nobody else can take while this is held.
package final class ReservedPort: Sendable {
    package let number: Int
    private let descriptor: Mutex<Int32?>

    private init(number: Int, descriptor: Int32) {
        self.number = number
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    /// Gives the port up, for the server that is about to take it; doing so twice is fine.
    package func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    /// Takes a port, or nothing when it is taken.
    ///
    /// - Parameters:
    ///   - number: The port; 0 for any free one.
    ///   - address: The address that a server will bind, IPv4 or IPv6.
    package static func reserve(_ number: Int, on address: String) -> ReservedPort? {
        address.contains(":") ? reserve6(number, address) : reserve4(number, address)
    }

    private static func reserve4(_ number: Int, _ text: String) -> ReservedPort? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(number)).bigEndian
        inet_pton(AF_INET, text.isEmpty ? "0.0.0.0" : text, &address.sin_addr)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                reserve(AF_INET, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func reserve6(_ number: Int, _ text: String) -> ReservedPort? {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = in_port_t(UInt16(number)).bigEndian
        inet_pton(AF_INET6, text, &address.sin6_addr)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                reserve(AF_INET6, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
    }

    private static func reserve(_ family: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> ReservedPort?
    {
        let descriptor = socket(family, streamType, 0)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var on: Int32 = 1
        // Connections of an earlier server that still wait out their time don't count as taken; a listener does.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, address, size) == 0, listen(descriptor, 1) == 0 else {
            close(descriptor)
            return nil
        }
        var bound = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        // The port lies at the same place in the IPv4 and the IPv6 address.
        let port = withUnsafeBytes(of: &bound) { $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian }
        return ReservedPort(number: Int(port), descriptor: descriptor)
    }

    #if canImport(Darwin)
    private static let streamType = SOCK_STREAM
    #else
    private static let streamType = Int32(SOCK_STREAM.rawValue)
    #endif
}
