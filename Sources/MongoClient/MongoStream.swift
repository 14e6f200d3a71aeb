import CLibMongoC
import ClientTransport

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the callbacks of one stream need; owned by the `NXStream`, and freed with it.
final class MongoStream {
    /// Only says that the stream is none of libmongoc's own kinds.
    private static let type: CInt = 100

    private let socket: Socket
    /// Lives as long as the client, and so longer than its streams.
    private unowned let transport: MongoTransport
    private var lastFailure: CInt = 0

    private init(_ socket: consuming Socket, transport: MongoTransport) {
        self.socket = socket
        self.transport = transport
    }

    /// Wraps a socket as a stream that libmongoc owns and destroys.
    static func open(_ socket: consuming Socket, transport: MongoTransport) -> UnsafeMutablePointer<mongoc_stream_t> {
        let stream = UnsafeMutablePointer<NXStream>.allocate(capacity: 1)
        var content = NXStream()
        content.stream.type = type
        content.stream.destroy = { MongoStream.destroy($0) }
        content.stream.failed = { MongoStream.destroy($0) }
        content.stream.close = { _ in 0 }
        content.stream.flush = { _ in 0 }
        content.stream.setsockopt = { _, _, _, _, _ in 0 }
        content.stream.check_closed = { MongoStream.of($0)?.isClosed ?? true }
        content.stream.timed_out = { MongoStream.of($0)?.lastFailure == ETIMEDOUT }
        content.stream.should_retry = { MongoStream.of($0)?.lastFailure == EAGAIN }
        content.stream.writev = { stream, vectors, count, timeout in
            MongoStream.of(stream)?.write(UnsafeBufferPointer(start: vectors, count: count), timeout) ?? -1
        }
        content.stream.readv = { stream, vectors, count, minimum, timeout in
            MongoStream.of(stream)?.read(UnsafeBufferPointer(start: vectors, count: count), minimum, timeout) ?? -1
        }
        content.stream.poll = { entries, count, timeout in
            MongoStream.pollAll(UnsafeMutableBufferPointer(start: entries, count: count), timeout)
        }
        content.context = Unmanaged.passRetained(MongoStream(socket, transport: transport)).toOpaque()
        stream.initialize(to: content)
        return UnsafeMutableRawPointer(stream).assumingMemoryBound(to: mongoc_stream_t.self)
    }

    private static func of(_ stream: UnsafeMutablePointer<mongoc_stream_t>?) -> MongoStream? {
        // The stream is the first member of an NXStream.
        UnsafeMutableRawPointer(stream)?.assumingMemoryBound(to: NXStream.self).pointee.context
            .map { Unmanaged<MongoStream>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func destroy(_ stream: UnsafeMutablePointer<mongoc_stream_t>?) {
        guard let stream = UnsafeMutableRawPointer(stream)?.assumingMemoryBound(to: NXStream.self) else { return }
        if let context = stream.pointee.context { Unmanaged<MongoStream>.fromOpaque(context).release() }
        stream.deallocate()
    }

    /// Notes why a transfer ended, and returns what libmongoc takes for an error.
    private func fail(_ error: TransportError) -> Int {
        transport.note(error)
        lastFailure =
            switch error {
            case .timedOut: ETIMEDOUT
            case .cancelled: ECANCELED
            case .closed, .unresolvable: ECONNRESET
            case .system(let code): code
            }
        errno = lastFailure
        return -1
    }

    /// Notes that nothing can be transferred right now, which isn't an error in a call without a timeout.
    private func postpone() -> Int {
        lastFailure = EAGAIN
        errno = EAGAIN
        return -1
    }

    private func write(_ vectors: UnsafeBufferPointer<mongoc_iovec_t>, _ timeout: Int32) -> Int {
        lastFailure = 0
        let deadline = Deadline(after: .milliseconds(Int(timeout))).orEarlier(transport.limit)
        var written = 0
        do throws(TransportError) {
            for vector in vectors {
                var rest = UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
                while !rest.isEmpty {
                    let count = try socket.send(rest)
                    written += count
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                    guard count == 0 else { continue }
                    guard timeout > 0 else { return written > 0 ? written : postpone() }
                    _ = try SocketEvents.writable.wait(on: socket.descriptor, until: deadline)
                }
            }
            return written
        } catch {
            return fail(error)
        }
    }

    private func read(_ vectors: UnsafeBufferPointer<mongoc_iovec_t>, _ minimum: Int, _ timeout: Int32) -> Int {
        lastFailure = 0
        let deadline = Deadline(after: .milliseconds(Int(timeout))).orEarlier(transport.limit)
        var received = 0
        do throws(TransportError) {
            for vector in vectors {
                var rest = UnsafeMutableRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
                while !rest.isEmpty {
                    let count = try socket.receive(into: rest)
                    received += count
                    rest = UnsafeMutableRawBufferPointer(rebasing: rest.dropFirst(count))
                    if count > 0, received >= minimum, minimum > 0 { return received }
                    guard count == 0 else { continue }
                    guard received < minimum, timeout > 0 else { return received > 0 ? received : postpone() }
                    _ = try SocketEvents.readable.wait(on: socket.descriptor, until: deadline)
                }
            }
            return received
        } catch {
            return fail(error)
        }
    }

    /// Tells whether the server has closed the connection, without taking any bytes.
    private var isClosed: Bool {
        var byte: UInt8 = 0
        let count = recv(socket.descriptor, &byte, 1, CInt(MSG_PEEK))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
    }

    /// Waits for any of several streams of one client.
    private static func pollAll(
        _ entries: UnsafeMutableBufferPointer<mongoc_stream_poll_t>,
        _ timeout: Int32
    ) -> Int {
        let streams = entries.map { of($0.stream) }
        var polled = zip(entries, streams).map { entry, stream in
            pollfd(fd: stream?.socket.descriptor ?? -1, events: CShort(entry.events), revents: 0)
        }
        let limit = streams.lazy.compactMap { $0?.transport.limit }.first
        let deadline = Deadline(after: .milliseconds(Int(timeout)))
        while true {
            // An error on every stream is the one answer that makes libmongoc give up at once.
            if Task.isCancelled || limit?.hasPassed == true {
                for index in entries.indices {
                    entries[index].revents = CInt(POLLERR)
                    _ = streams[index]?.fail(Task.isCancelled ? .cancelled : .timedOut)
                }
                return entries.count
            }
            let slice = min(SocketEvents.slice, deadline.remaining)
            let count = poll(&polled, nfds_t(polled.count), slice.clampedMilliseconds)
            if count < 0, errno == EINTR { continue }
            if count == 0 {
                guard deadline.hasPassed else { continue }
                // libmongoc waits until one of its own timeouts; it won't say later that it was one.
                if timeout > 0 { streams.first??.transport.note(.timedOut) }
            }
            for (index, entry) in polled.enumerated() { entries[index].revents = CInt(entry.revents) }
            return Int(count)
        }
    }
}
