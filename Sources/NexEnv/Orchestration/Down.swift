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
            if let problem = observation.dockerProblem, stack.environment.services.contains(where: isDockerOnly) {
                throw problem
            }
            let servers = observation.servers.filter { named?.contains($0.service) ?? true }
            for wave in waves(servers) {
                try await withThrowingTaskGroup { group in
                    for server in wave { group.addTask { try await end(server) } }
                    try await group.waitForAll()
                }
            }
            let withoutData = depth == .stop ? [] : try await clean(observation, servers, named)
            let services = Set(servers.map(\.service)).sorted()
            let seconds = (ContinuousClock.now - start).seconds
            return Result(services: services, withoutData: withoutData, seconds: seconds)
        }
    }

    private var lockNote: String { depth == .stop ? "nexenv stop" : "nexenv down" }

    private func isDockerOnly(_ service: Service) -> Bool { stack.wantedRuntime(of: service) == .docker }

    private func end(_ server: ObservedServer) async throws {
        let runtime = stack.runtime(server.runtime)
        let grace = stack.environment[server.service]?.stopGracePeriod ?? .seconds(10)
        if server.state == .running {
            onEvent(.working(service: server.service, detail: "stopping"))
            try await runtime.stop(server, grace: grace)
        }
        if depth != .stop { try await runtime.remove(server) }
    }

    /// Removes what servers shared, and the data where that is wanted.
    ///
    /// - Returns: The services whose data was removed.
    private func clean(
        _ observation: Observation,
        _ servers: [ObservedServer],
        _ named: Set<String>?
    ) async throws -> [String] {
        let identity = stack.identity
        let runtimes: [RuntimeChoice] = observation.dockerProblem == nil ? [.native, .docker] : [.native]
        if named == nil {
            for runtime in runtimes where runtime == .native || servers.contains(where: { $0.runtime == runtime }) {
                try await stack.runtime(runtime).removeShared(identity)
            }
        }
        guard depth == .removeData else { return [] }
        var removed: Set<String> = []
        for runtime in runtimes {
            let withData = try await stack.runtime(runtime).servicesWithData(identity)
            let services = named.map { withData.intersection($0) } ?? withData
            try await stack.runtime(runtime).removeData(of: services.sorted(), identity)
            removed.formUnion(services)
        }
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
