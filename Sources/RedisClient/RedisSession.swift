import ClientTransport

/// The socket and the reader of one connection; every call is synchronous and blocks.
final class RedisSession {
    private struct Link: ~Copyable {
        let socket: Socket
        let reader: RedisReader
    }

    private var link: Link?
    private var input = [UInt8](repeating: 0, count: 65_536)

    /// Connects, logs in and makes sure that the server answers, all in one round trip after the connection is made.
    func open(_ configuration: RedisConfiguration) throws(RedisError) {
        let deadline = Deadline(after: configuration.connectTimeout)
        do throws(TransportError) {
            let socket = try Socket.connect(host: configuration.host, port: configuration.port, until: deadline)
            guard let reader = RedisReader() else { throw .closed }
            link = Link(socket: socket, reader: reader)
        } catch {
            throw RedisError(connecting: error)
        }

        var greeting: [[RedisArgument]] = []
        if let password = configuration.password {
            let user = configuration.username.map { [RedisArgument($0)] } ?? []
            greeting.append(["AUTH"] + user + [RedisArgument(password)])
        }
        if configuration.database != 0 { greeting.append(["SELECT", .init(configuration.database)]) }
        greeting.append(["PING"])
        try greet(greeting, until: deadline)
    }

    private func greet(_ commands: [[RedisArgument]], until deadline: Deadline) throws(RedisError) {
        var failure: RedisError?
        do {
            try exchange(commands, deadline: { deadline }) { _, reply in
                guard case .error(let error) = reply else { return }
                failure = failure ?? error
                // Servers before 6.0 call a wrong password just ERR, but say NOAUTH to what follows.
                if error.code == .authenticationFailed { failure?.code = .authenticationFailed }
            }
        } catch  where error.code == .connectionLost {
            throw failure ?? RedisError(.unreachable, error.message)
        }
        if let failure {
            close()
            throw failure
        }
    }

    /// Closes the connection; closing twice is fine.
    func close() {
        link = nil
    }

    /// Sends commands and receives their replies at the same time.
    ///
    /// Redis itself keeps replies in memory without limit while its client only writes; a proxy stops reading instead.
    ///
    /// Any failure leaves replies under way that nobody waits for, and so closes the connection.
    ///
    /// - Parameters:
    ///   - commands: Encoded as they are sent, 64 KiB ahead.
    ///   - deadline: Returns when the wait that begins gives up.
    ///   - receive: Receives the index of each command and its reply, in order.
    /// - Throws: ``RedisError``; error replies are not thrown.
    func exchange(
        _ commands: some Sequence<[RedisArgument]>,
        deadline: () -> Deadline,
        _ receive: (Int, RedisReply) -> Void
    ) throws(RedisError) {
        do {
            try run(commands, deadline: deadline, receive)
        } catch {
            if error.code != .closed { close() }
            throw error
        }
    }

    /// Sends commands that were made before, and returns those that were refused.
    func run(_ commands: RedisCommands, deadline: () -> Deadline) throws(RedisError) -> [RedisRefusal] {
        let refusals = try runOnce(commands, deadline: deadline)
        guard let fields = commands.retry(of: refusals) else { return refusals }
        return try runOnce(fields, deadline: deadline).map { refusal in
            RedisRefusal(index: refusals[refusal.index].index, error: refusal.error)
        }
    }

    private func runOnce(_ commands: RedisCommands, deadline: () -> Deadline) throws(RedisError) -> [RedisRefusal] {
        var refusals: [RedisRefusal] = []
        var received = 0
        do {
            var rest = commands.bytes
            while received < commands.count {
                try step(&rest, deadline: deadline) { bytes throws(RedisError) in
                    // Nearly all replies are such that the reader need not make anything of them.
                    if link?.reader.isIdle == true { received += Self.countSuccesses(&bytes) }
                    try feed(bytes)
                    while received < commands.count, let reply = try nextVerdict() {
                        if let error = reply.error { refusals.append(RedisRefusal(index: received, error: error)) }
                        received += 1
                    }
                }
            }
        } catch {
            if error.code != .closed { close() }
            throw error
        }
        return refusals
    }

    private func run(
        _ commands: some Sequence<[RedisArgument]>,
        deadline: () -> Deadline,
        _ receive: (Int, RedisReply) -> Void
    ) throws(RedisError) {
        var outbox = RedisOutbox(commands.makeIterator())
        var received = 0
        while true {
            try outbox.refill()
            if outbox.isEmpty, received == outbox.count { return }
            let count = outbox.count
            try step(&outbox.bytes, deadline: deadline) { bytes throws(RedisError) in
                try feed(bytes)
                while received < count, let reply = try nextReply() {
                    receive(received, reply)
                    received += 1
                }
            }
        }
    }

    /// Sends and receives what can be at once; takes what was sent off the bytes.
    private func step(
        _ bytes: inout ArraySlice<UInt8>,
        deadline: () -> Deadline,
        _ read: (inout ArraySlice<UInt8>) throws(RedisError) -> Void
    ) throws(RedisError) {
        let ready = try wait(for: bytes.isEmpty ? .readable : [.readable, .writable], until: deadline())
        // Reading comes first: a server that refuses says why before it closes, and writing would only fail then.
        if ready.contains(.readable) {
            var received = try readAvailable()
            try read(&received)
        }
        if ready.contains(.writable), !bytes.isEmpty { bytes.removeFirst(try write(bytes)) }
    }

    private func wait(for events: SocketEvents, until deadline: Deadline) throws(RedisError) -> SocketEvents {
        guard let descriptor = link?.socket.descriptor else {
            throw RedisError(.closed, "The connection is closed.")
        }
        do {
            return try events.wait(on: descriptor, until: deadline)
        } catch {
            throw RedisError(exchanging: error)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>) throws(RedisError) -> Int {
        do throws(TransportError) {
            return try bytes.withUnsafeBufferPointer { bytes throws(TransportError) in
                try link?.socket.send(UnsafeRawBufferPointer(bytes)) ?? 0
            }
        } catch {
            throw RedisError(exchanging: error)
        }
    }

    /// Counts and takes off the replies at the start that are a number or a status; stops in front of any other.
    private static func countSuccesses(_ bytes: inout ArraySlice<UInt8>) -> Int {
        let found = bytes.withUnsafeBufferPointer { bytes -> (count: Int, length: Int) in
            var (count, start, index) = (0, 0, 0)
            while index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: ":") {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
                guard index < bytes.count else { break }
                index += 1
                (count, start) = (count + 1, index)
            }
            return (count, start)
        }
        bytes.removeFirst(found.length)
        return found.count
    }

    private func readAvailable() throws(RedisError) -> ArraySlice<UInt8> {
        let count: Int
        do throws(TransportError) {
            count = try input.withUnsafeMutableBufferPointer { buffer throws(TransportError) in
                try link?.socket.receive(into: UnsafeMutableRawBufferPointer(buffer)) ?? 0
            }
        } catch {
            throw RedisError(exchanging: error)
        }
        return input[..<count]
    }

    private func feed(_ bytes: ArraySlice<UInt8>) throws(RedisError) {
        guard !bytes.isEmpty else { return }
        try bytes.withUnsafeBufferPointer { bytes throws(RedisError) in
            try link?.reader.feed(UnsafeRawBufferPointer(bytes))
        }
    }

    private func nextReply() throws(RedisError) -> RedisReply? {
        try link?.reader.next()
    }

    private func nextVerdict() throws(RedisError) -> RedisVerdict? {
        try link?.reader.nextVerdict()
    }
}

extension RedisError {
    fileprivate init(connecting failure: TransportError) {
        switch failure {
        case .cancelled: self.init(.cancelled, "Connecting was cancelled.")
        case .timedOut: self.init(.timedOut, "Connecting took too long.")
        case .unresolvable: self.init(.unreachable, "The host name has no address.")
        case .closed, .system: self.init(.unreachable, "The connection was refused.")
        }
    }

    fileprivate init(exchanging failure: TransportError) {
        switch failure {
        case .cancelled: self.init(.cancelled, "The task was cancelled.")
        case .timedOut: self.init(.timedOut, "The server was silent for too long.")
        case .closed, .unresolvable, .system: self.init(.connectionLost, "The server closed the connection.")
        }
    }
}
