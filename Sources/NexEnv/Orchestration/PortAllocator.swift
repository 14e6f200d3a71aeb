/// Gives services their host ports: the one they had, the one they want, or the next free one.
struct PortAllocator {
    /// What a service got.
    struct Assignment: Sendable {
        var ports: AssignedPorts
        /// Held until the server is about to start.
        var reservations: [ReservedPort] = []
        /// What the user should know: that another port was taken, and why.
        var note: String?

        fileprivate mutating func add(_ port: Port) {
            if let reservation = port.reservation { reservations.append(reservation) }
            note = note ?? port.note
        }
    }

    /// One port that was got.
    fileprivate struct Port {
        var number: Int
        var reservation: ReservedPort?
        var note: String?
    }

    private let isStrict: Bool
    let book: PortBook
    private var taken: Set<Int>
    private let freed: Set<Int>
    /// Whether a running server may stay at a port: with strict ports only at the one that the file asks for.
    func mayStay(_ service: Service, at port: Int?) -> Bool {
        guard isStrict, case .preferred(let wanted)? = service.port else { return true }
        return port == wanted
    }

    private(set) var remembered: [String: PortBook.Entry] = [:]

    /// - Parameters:
    ///   - taken: Ports of servers of this project that keep running.
    ///   - freed: Ports of servers of this project that make way before anything starts.
    ///   - isStrict: Whether a service that can't have its preferred port is an error.
    init(book: PortBook, taken: Set<Int>, freed: Set<Int>, isStrict: Bool) {
        self.book = book
        self.taken = taken.subtracting(freed)
        self.freed = freed
        self.isStrict = isStrict
    }

    /// Assigns a service's own port.
    ///
    /// - Throws: ``NexEnvError`` with `port-taken`.
    mutating func assign(_ service: Service) async throws -> Assignment {
        var assignment = Assignment(ports: AssignedPorts())
        if let preference = service.port, service.engine.port != nil {
            let got = try await reserve(preference, service.name, service)
            assignment.ports.main = got.number
            assignment.add(got)
        }
        for port in service.engine.extraPorts {
            let got = try await reserve(port.host, "\(service.name)/\(port.container)", service)
            assignment.ports.extra[port.container] = got.number
            assignment.add(got)
        }
        return assignment
    }

    /// Notes the ports of a server that keeps running.
    mutating func keep(_ service: Service, port: Int) {
        taken.insert(port)
        remembered[service.name] = PortBook.Entry(wanted: service.port?.number, port: port)
    }

    private mutating func reserve(
        _ preference: PortPreference,
        _ key: String,
        _ service: Service
    ) async throws -> Port {
        let last = book[key].flatMap { $0.wanted == preference.number ? $0.port : nil }
        var candidates: [Int] = []
        if let preferred = preference.number {
            candidates =
                isStrict ? [preferred] : [last ?? preferred] + Array(preferred...min(preferred + 99, 65_535)) + [0]
        } else {
            candidates = (last.map { [$0] } ?? []) + [0]
        }
        for candidate in candidates where candidate == 0 || !taken.contains(candidate) {
            let reservation = ReservedPort.reserve(candidate, on: service.bind)
            guard let number = reservation?.number ?? (freed.contains(candidate) ? candidate : nil) else { continue }
            taken.insert(number)
            remembered[key] = PortBook.Entry(wanted: preference.number, port: number)
            return Port(number: number, reservation: reservation, note: await note(preference, got: number, last: last))
        }
        let wanted = preference.number ?? 0
        let holder = await PortHolder.find(wanted)
        throw NexEnvError(
            .portTaken,
            "port \(wanted) is held by \(holder ?? "somebody else")",
            service: service.name,
            hint: "stop it, or leave out --strict-ports to get the next free port"
        )
    }

    /// Says why a service didn't get the port that it wants; nothing when it got it, or had another one before already.
    private func note(_ preference: PortPreference, got port: Int, last: Int?) async -> String? {
        guard let wanted = preference.number, wanted != port, last != port else { return nil }
        if taken.contains(wanted), remembered.values.contains(where: { $0.port == wanted }) {
            return "port \(wanted) is another service's here"
        }
        return "port \(wanted) is held by \(await PortHolder.find(wanted) ?? "somebody else")"
    }
}

extension PortPreference {
    /// The preferred port; nothing for any.
    var number: Int? {
        if case .preferred(let number) = self { number } else { nil }
    }
}
