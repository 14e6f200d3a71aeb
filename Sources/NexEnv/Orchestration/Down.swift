/// Stops services, and removes them; data stays unless asked otherwise.
package struct Down: Sendable {
    /// How far it goes.
    package enum Depth: Sendable {
        /// Stopped, but still there: `stop`.
        case stop
        /// Gone, but for the data: `down`.
        case remove
        /// Gone with the data: `down --volumes`.
        case removeData
    }

    /// What came of it.
    package struct Result: Sendable {
        /// The services that were stopped or removed.
        package var services: [String]
        /// The services whose data was removed.
        package var withoutData: [String]
        package var seconds: Double
    }

    package let stack: Stack
    package let selection: ServiceSelection
    package let depth: Depth
    package let onEvent: @Sendable (UpEvent) -> Void

    package init(
        _ stack: Stack,
        _ selection: ServiceSelection,
        _ depth: Depth,
        onEvent: @escaping @Sendable (UpEvent) -> Void
    ) {
        self.stack = stack
        self.selection = selection
        self.depth = depth
        self.onEvent = onEvent
    }

    package func run() async throws -> Result {
        let start = ContinuousClock.now
        // Checks the names; without any, everything that is there goes, also what the file no longer mentions.
        let named = selection.names.isEmpty ? nil : Set(try selection.services(of: stack.environment).map(\.name))
        return try await stack.project.withLock(lockNote, onWait: { onEvent(.waitingFor($0)) }) {
            let observation = try await stack.observe()
            // What can't be asked may have servers; a service that is just as well elsewhere isn't expected there.
            for service in stack.environment.services {
                if let problem = observation.problems[stack.chosenRuntime(of: service, observation)] { throw problem }
            }
            let servers = observation.servers.filter { named?.contains($0.service) ?? true }
            let hasRemovedShared = try await end(servers, sharing: named == nil ? shared(observation) : [])
            if named == nil, !hasRemovedShared, depth != .stop { try await removeShared(shared(observation)) }
            let withoutData = depth == .removeData ? try await removeData(observation, named) : []
            let services = Set(servers.map(\.service)).sorted()
            let seconds = (ContinuousClock.now - start).seconds
            return Result(services: services, withoutData: withoutData, seconds: seconds)
        }
    }

    private var lockNote: String { depth == .stop ? "nexenv stop" : "nexenv down" }

    /// Stops the servers, wave by wave, and removes each as soon as it has stopped.
    ///
    /// A Docker network only wants its containers stopped, and takes 170 ms to go: it does while the last are removed.
    ///
    /// - Returns: Whether what they shared is gone too.
    private func end(_ servers: [ObservedServer], sharing runtimes: [RuntimeChoice]) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { removals in
            for wave in waves(servers) {
                try await withThrowingTaskGroup(of: ObservedServer.self) { stops in
                    for server in wave { stops.addTask { try await stop(server) } }
                    for try await server in stops where depth != .stop {
                        removals.addTask {
                            try await stack.runtime(server.runtime).remove(server)
                            return true
                        }
                    }
                }
            }
            guard depth != .stop else { return false }
            removals.addTask { (try? await removeShared(runtimes)) != nil }
            return try await removals.reduce(true) { $0 && $1 }
        }
    }

    private func stop(_ server: ObservedServer) async throws -> ObservedServer {
        let grace = stack.environment[server.service]?.stopGracePeriod ?? .seconds(10)
        if server.state == .running {
            onEvent(.working(service: server.service, detail: "stopping"))
            try await stack.runtime(server.runtime).stop(server, grace: grace)
        }
        return server
    }

    /// The runtimes that may have something that servers share; a first `up` that failed leaves it without any server.
    private func shared(_ observation: Observation) -> [RuntimeChoice] {
        let mayHaveNetwork = observation.servers.isEmpty && observation.problems[.docker] == nil
        return mayHaveNetwork ? [.docker] : Array(Set(observation.servers.map(\.runtime)))
    }

    private func removeShared(_ runtimes: [RuntimeChoice]) async throws {
        for runtime in runtimes { try await stack.runtime(runtime).removeShared(stack.identity) }
    }

    /// Removes the data of the named services, or of all that have any.
    ///
    /// - Returns: The services whose data was removed.
    private func removeData(_ observation: Observation, _ named: Set<String>?) async throws -> [String] {
        let identity = stack.identity
        let runtimes = [RuntimeChoice.native, .docker].filter { observation.problems[$0] == nil }
        var removed: Set<String> = []
        for runtime in runtimes {
            let withData = try await stack.runtime(runtime).servicesWithData(identity)
            try await stack.runtime(runtime).removeData(of: named, identity)
            removed.formUnion(named.map { withData.intersection($0) } ?? withData)
        }
        var book = PortBook(stack.project)
        try book.forgetHomes(of: named ?? Set(stack.environment.services.map(\.name)))
        return removed.sorted()
    }

    /// The servers in the order in which they may end: what others depend on comes later.
    private func waves(_ servers: [ObservedServer]) -> [[ObservedServer]] {
        var rest = servers
        var waves: [[ObservedServer]] = []
        while !rest.isEmpty {
            let needed = Set(
                rest.compactMap { stack.environment[$0.service] }.flatMap { $0.options.dependencies.map(\.service) }
            )
            let wave = rest.filter { !needed.contains($0.service) }
            // A cycle can't come from a file that was checked, but from one that changed since.
            waves.append(wave.isEmpty ? rest : wave)
            rest = wave.isEmpty ? [] : rest.filter { needed.contains($0.service) }
        }
        return waves
    }
}
