import Dispatch
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// One address of a host, as `connect(2)` takes it.
package struct HostAddress: Sendable {
    /// The address family, such as `AF_INET`.
    let family: CInt
    /// The bytes of the `sockaddr`.
    let bytes: [UInt8]
    /// The address in numbers, such as `127.0.0.1` or `::1`.
    package let numeric: String

    /// Looks up the addresses of a host, in the order in which they should be tried.
    ///
    /// `getaddrinfo` cannot be interrupted and may take many seconds, so a name is looked up on a thread of its own, which is
    /// left behind when the task is cancelled or the deadline passes. Numbers are understood at once.
    ///
    /// - Throws: `.unresolvable`, `.cancelled` or `.timedOut`.
    package static func resolve(
        host: String,
        port: Int,
        until deadline: Deadline
    ) throws(TransportError) -> [HostAddress] {
        let numbers = lookUp(host: host, port: port, flags: AI_NUMERICHOST | AI_NUMERICSERV)
        guard numbers.isEmpty else { return numbers }

        let lookup = Lookup()
        DispatchQueue.global().async {
            lookup.finish(lookUp(host: host, port: port, flags: AI_NUMERICSERV))
        }
        let addresses = try lookup.wait(until: deadline)
        guard !addresses.isEmpty else { throw .unresolvable }
        return addresses
    }

    private static func lookUp(host: String, port: Int, flags: CInt) -> [HostAddress] {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_family = AF_UNSPEC
        #if canImport(Darwin)
        hints.ai_socktype = SOCK_STREAM
        #else
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #endif

        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next })
            .prefix { $0 != nil }
            .compactMap { $0?.pointee }
            .compactMap(HostAddress.init)
    }

    private init?(_ info: addrinfo) {
        guard let address = info.ai_addr else { return nil }
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = getnameinfo(
            address,
            info.ai_addrlen,
            &name,
            socklen_t(name.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard code == 0 else { return nil }
        family = info.ai_family
        bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen)))
        numeric = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// A look-up under way on another thread.
private final class Lookup: Sendable {
    private let addresses = Mutex<[HostAddress]?>(nil)
    private let finished = DispatchSemaphore(value: 0)

    func finish(_ found: [HostAddress]) {
        addresses.withLock { $0 = found }
        finished.signal()
    }

    func wait(until deadline: Deadline) throws(TransportError) -> [HostAddress] {
        let slice = Int(SocketEvents.slice.clampedMilliseconds)
        while finished.wait(timeout: .now() + .milliseconds(slice)) == .timedOut {
            if Task.isCancelled { throw .cancelled }
            if deadline.hasPassed { throw .timedOut }
        }
        return addresses.withLock { $0 } ?? []
    }
}
