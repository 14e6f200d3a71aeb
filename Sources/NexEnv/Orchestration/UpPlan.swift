/// What `up` will do, decided from what is wanted and what is there; making a plan starts nothing.
struct UpPlan: Sendable {
    /// What happens to one service.
    enum Action: Sendable {
        /// It runs as the file says.
        case keep(ObservedServer)
        /// It is there, as the file says, and stopped.
        case resume(ObservedServer)
        /// It isn't there, or what is there is replaced.
        case start(replacing: ObservedServer?)
        /// It can't run here and isn't required.
        case skip(NexEnvError)
    }

    /// One service's part.
    struct Step: Sendable {
        var service: Service
        var runtime: RuntimeChoice
        var action: Action
        var prepared: PreparedServer?
        var reservations: [ReservedPort] = []
        var notes: [String] = []

        /// The observed server of the other runtime that has to go first: the service moved.
        var leftover: ObservedServer?
    }

    var steps: [Step]

    /// Whether servers have to find each other by name, or already do.
    var sharesNames: Bool

    var ports: [String: PortBook.Entry]
    var observation: Observation

    static func make(
        _ stack: Stack,
        _ services: [Service],
        _ observation: Observation,
        _ secrets: SecretStore,
        isStrict: Bool,
        leavesOutUnavailable: Bool = false
    ) async throws -> UpPlan {
        let running = observation.servers.filter { $0.state == .running }
        func ports(_ servers: [ObservedServer]) -> Set<Int> {
            Set(servers.flatMap { Array($0.extraPorts.values) + ($0.endpoint.map { [$0.port] } ?? []) })
        }
        let book = PortBook(stack.project)
        let moving = running.filter { server in
            services.contains { service in
                guard service.name == server.service else { return false }
                return stack.chosenRuntime(of: service, observation) != server.runtime || book.hasNewWish(service)
            }
        }
        var allocator = PortAllocator(
            book: book,
            taken: ports(running),
            freed: ports(moving),
            isStrict: isStrict
        )
        var drafts: [Draft] = []
        for service in services {
            drafts.append(try await draft(service, stack, observation, &allocator))
        }
        // Ports come first, for all: a service's configuration may mention another's address.
        let peers = Peers(of: drafts, stack, observation, secrets)
        var steps: [Step] = []
        for draft in drafts {
            var draft = draft
            draft.mayBeLeftOut = leavesOutUnavailable || !draft.service.options.isRequired
            steps.append(try await step(draft, peers, stack, observation, secrets))
        }
        try leaveOut(&steps, leavesOutUnavailable: leavesOutUnavailable)
        var remembered = allocator.remembered
        for step in steps {
            if case .skip = step.action { continue }
            remembered[step.service.name]?.home = step.runtime
        }
        return UpPlan(
            steps: steps,
            sharesNames: peers.sharesNames,
            ports: remembered,
            observation: observation
        )
    }

    // MARK: - Parts

    private struct Draft {
        var service: Service
        var runtime: RuntimeChoice
        var observed: ObservedServer?
        var assignment: PortAllocator.Assignment
        var isRunning: Bool
        var mayBeLeftOut = false
    }

    private static func draft(
        _ service: Service,
        _ stack: Stack,
        _ observation: Observation,
        _ allocator: inout PortAllocator
    ) async throws -> Draft {
        let runtime = stack.chosenRuntime(of: service, observation)
        let observed = observation.servers.first { $0.service == service.name && $0.runtime == runtime }
        var assignment = PortAllocator.Assignment(ports: AssignedPorts())
        let isRunning = observed?.state == .running
        if let observed, isRunning, !allocator.book.hasNewWish(service),
            allocator.mayStay(service, at: observed.endpoint(of: service)?.port)
        {
            assignment.ports.main = observed.endpoint(of: service)?.port
            assignment.ports.extra = observed.extraPorts.filter { port in
                service.engine.extraPorts.contains { $0.container == port.key }
            }
            if let port = assignment.ports.main { allocator.keep(service, port: port) }
        } else {
            assignment = try await allocator.assign(service)
        }
        return Draft(
            service: service,
            runtime: runtime,
            observed: observed,
            assignment: assignment,
            isRunning: isRunning
        )
    }

    /// Leaves out what is of no use without a service that is left out.
    private static func leaveOut(_ steps: inout [Step], leavesOutUnavailable: Bool) throws {
        var left = Set(steps.filter(\.isLeftOut).map(\.service.name))
        var isSettled = false
        while !isSettled {
            isSettled = true
            for index in steps.indices where !steps[index].isLeftOut {
                let service = steps[index].service
                guard let needed = service.engine.dependencies.first(where: { left.contains($0.service) }) else {
                    continue
                }
                let error = NexEnvError(
                    .nativeUnsupported,
                    "`\(needed.service)`, which it is of no use without, is left out",
                    service: service.name
                )
                guard leavesOutUnavailable || !service.options.isRequired else { throw error }
                steps[index].action = .skip(error)
                steps[index].reservations.forEach { $0.release() }
                left.insert(service.name)
                isSettled = false
            }
        }
    }

    /// How services are reached from inside the others.
    private struct Peers {
        var sharesNames: Bool
        private var inNetwork: [String: Peer] = [:]
        /// From the host, which reaches every server where it is published.
        private var onHost: [String: Peer] = [:]

        init(of drafts: [Draft], _ stack: Stack, _ observation: Observation, _ secrets: SecretStore) {
            sharesNames =
                drafts.contains { $0.service.engine.reachesPeers }
                || observation.servers.contains(where: \.isFoundByName)
            for draft in drafts {
                let service = draft.service
                let inside = draft.assignment.ports.main ?? service.engine.port ?? 0
                let host = Endpoint(host: service.bind, port: inside)
                let endpoint = stack.runtime(draft.runtime).internalEndpoint(of: service, endpoint: host)
                guard let passwords = secrets.passwords(of: service) else { continue }
                inNetwork[service.name] = Peer(service: service, endpoint: endpoint, passwords: passwords)
                onHost[service.name] = Peer(service: service, endpoint: host, passwords: passwords)
            }
        }

        /// Returns the others as a server in a runtime sees them.
        func seen(from runtime: RuntimeChoice) -> [String: Peer] { runtime == .native ? onHost : inNetwork }
    }

    private static func step(
        _ draft: Draft,
        _ peers: Peers,
        _ stack: Stack,
        _ observation: Observation,
        _ secrets: SecretStore
    ) async throws -> Step {
        let service = draft.service
        var step = Step(service: service, runtime: draft.runtime, action: .start(replacing: draft.observed))
        step.reservations = draft.assignment.reservations
        step.notes = draft.assignment.note.map { [$0] } ?? []
        if let home = observation.homes[service.name], home != draft.runtime, service.engine is any DatabaseEngine,
            service.storage == .disk
        {
            step.notes.append("its data in \(home.rawValue) stays there, unused")
        }
        step.leftover = observation.servers.first { $0.service == service.name && $0.runtime != draft.runtime }
        let runtime = stack.runtime(draft.runtime)
        let context = ServerContext(
            project: stack.identity,
            service: service,
            passwords: secrets.passwords(of: service) ?? Passwords(),
            peers: peers.seen(from: draft.runtime),
            isFoundByName: peers.sharesNames,
            port: runtime.internalPort(of: service, hostPort: draft.assignment.ports.main ?? 0),
            version: service.options.version ?? type(of: service.engine).defaultVersion
        )
        let prepared: PreparedServer
        do {
            if var problem = observation.problems[draft.runtime] {
                if stack.wantedRuntime(of: service) == .auto {
                    let say = "its data is there; `--runtime native` would start with none"
                    problem.hint = [problem.hint, say].compactMap { $0 }.joined(separator: "; ")
                }
                throw problem
            }
            prepared = try await runtime.prepare(context, ports: draft.assignment.ports, digestKey: secrets.digestKey)
        } catch let error as NexEnvError where draft.mayBeLeftOut && error.code.exitStatus == .unavailable {
            step.action = .skip(error)
            return step
        }
        step.prepared = prepared
        step.notes += prepared.notes
        guard let observed = draft.observed, observed.configurationHash == prepared.configurationHash else {
            return step
        }
        switch observed.state {
        case .running: step.action = .keep(observed)
        // It has done its work, and those that wait for that needn't wait again.
        case .stopped where observed.exitStatus == 0 && stack.environment.isAwaited(service, until: .completed):
            step.action = .keep(observed)
        case .stopped where runtime.canResume: step.action = .resume(observed)
        default: break
        }
        return step
    }
}
