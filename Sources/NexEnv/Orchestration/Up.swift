import Synchronization

/// Brings services from whatever state they are in to usable: start, wait, make databases, run init SQL.
///
/// Each service is a pipeline of its own; they run side by side and wait for each other only where the file says so.
package struct Up: Sendable {
    /// How `up` was asked.
    package struct Options: Sendable {
        package var selection = ServiceSelection()
        package var isStrictAboutPorts = false
        package var rollsBack = false

        /// Whether services that can't run on this machine are left out instead of being an error.
        package var leavesOutUnavailable = false

        package init() {}
    }

    /// What came of it.
    package struct Result: Sendable {
        package var outcomes: [ServiceOutcome]
        package var seconds: Double

        /// Whether anything was started or changed.
        package var isChanged: Bool { outcomes.contains(where: \.isChanged) }
    }

    package let stack: Stack
    package let options: Options
    package let onEvent: @Sendable (UpEvent) -> Void

    package init(_ stack: Stack, _ options: Options, onEvent: @escaping @Sendable (UpEvent) -> Void) {
        self.stack = stack
        self.options = options
        self.onEvent = onEvent
    }

    /// Runs to the end: every required service is usable.
    ///
    /// - Throws: ``NexEnvError`` or ``Diagnostics`` of the first required service that failed; `CancellationError`.
    package func run() async throws -> Result {
        let start = ContinuousClock.now
        let services = try options.selection.services(of: stack.environment, withDependencies: true)
        return try await stack.project.withLock("nexenv up", onWait: { onEvent(.waitingFor($0)) }) {
            var secrets = try SecretStore(stack.project)
            try secrets.fill(for: stack.environment.services)
            let started = StartedServices()
            let hadData = options.rollsBack ? try await servicesWithData(services) : []
            do {
                let outcomes = try await converge(services, secrets, started)
                return Result(outcomes: outcomes, seconds: (ContinuousClock.now - start).seconds)
            } catch {
                if options.rollsBack { await rollBack(started.names, hadData: hadData) }
                throw error
            }
        }
    }

    /// Looks, plans and acts; again where somebody else took a port or a name between the look and the act.
    ///
    /// A `docker` that a killed run had started may still be at work: what it makes is there at the next look.
    private func converge(
        _ services: [Service],
        _ secrets: SecretStore,
        _ started: StartedServices
    ) async throws -> [ServiceOutcome] {
        var attempts = 10
        while true {
            let plan = try await UpPlan.make(
                stack,
                services,
                try await stack.observe(),
                secrets,
                isStrict: options.isStrictAboutPorts,
                leavesOutUnavailable: options.leavesOutUnavailable
            )
            try EnvironmentCheck.checkFiles(of: plan.steps.filter(\.startsSomething).map(\.service))
            var book = PortBook(stack.project)
            try book.remember(plan.ports)
            onEvent(.planned(plan.steps.map(\.service.name)))
            do {
                return try await execute(plan, secrets, started)
            } catch let error as NexEnvError where error.code == .nameTaken || error.code == .portTaken {
                attempts -= 1
                guard attempts > 0, error.code == .nameTaken || !options.isStrictAboutPorts else { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func execute(
        _ plan: UpPlan,
        _ secrets: SecretStore,
        _ started: StartedServices
    ) async throws -> [ServiceOutcome] {
        for runtime in Set(plan.steps.filter(\.starts).map(\.runtime)) {
            let runtime = stack.runtime(runtime)
            let observed = plan.observation.servers
            try await runtime.prepareProject(stack.identity, observed: observed, sharesNames: plan.sharesNames)
        }
        let gates = Gates(plan.steps.map(\.service.name))
        let headStart = HeadStart(plan.steps.filter { stack.runtime($0.runtime).startsInTurn })
        let liveness = Liveness(stack)
        return try await withThrowingTaskGroup(of: ServiceOutcome.self) { group in
            for step in plan.steps {
                group.addTask {
                    let pipeline = ServicePipeline(
                        stack: stack,
                        step: step,
                        secrets: secrets,
                        liveness: liveness,
                        gates: gates,
                        headStart: headStart,
                        onStart: { started.add(step.service.name) },
                        report: { onEvent(.working(service: step.service.name, detail: $0)) }
                    )
                    let outcome = try await pipeline.run()
                    onEvent(.finished(outcome))
                    return outcome
                }
            }
            var outcomes: [ServiceOutcome] = []
            var failure: (any Error)?
            while let result = await group.nextResult() {
                do {
                    outcomes.append(try result.get())
                } catch {
                    // Who waited for the one that failed may be first to say so, and doesn't know why.
                    let isFirst = failure == nil
                    let isCause = (failure as? NexEnvError)?.code == .dependencyFailed && !(error is CancellationError)
                    if isFirst || isCause { failure = error }
                    group.cancelAll()
                }
            }
            if let failure { throw failure }
            let order = plan.steps.map(\.service.name)
            return outcomes.sorted { order.firstIndex(of: $0.service) ?? 0 < order.firstIndex(of: $1.service) ?? 0 }
        }
    }

    private func servicesWithData(_ services: [Service]) async throws -> Set<String> {
        let observation = try await stack.observe()
        var all: Set<String> = []
        for runtime in Set(services.map({ stack.chosenRuntime(of: $0, observation) })) {
            all.formUnion(try await stack.runtime(runtime).servicesWithData(stack.identity))
        }
        return all
    }

    /// Removes what this run started, and the data that wasn't there before; a failing clean-up doesn't hide the first error.
    private func rollBack(_ started: [String], hadData: Set<String>) async {
        let identity = stack.identity
        let stack = stack
        // Shielded: the run may be ending because it was cancelled.
        await Task.detached {
            guard let observation = try? await stack.observe() else { return }
            for server in observation.servers where started.contains(server.service) {
                let runtime = stack.runtime(server.runtime)
                // Stopped and not just killed: its data may be older than this run.
                let grace = stack.environment[server.service]?.stopGracePeriod ?? .seconds(10)
                if server.state == .running { try? await runtime.stop(server, grace: grace) }
                try? await runtime.remove(server)
            }
            // One that was interrupted while it made its data folder has data, and is no server yet.
            let runtimes = Set(stack.environment.services.map { stack.chosenRuntime(of: $0, observation) })
            let isAlone = observation.servers.allSatisfy { started.contains($0.service) }
            for runtime in runtimes {
                try? await stack.runtime(runtime).removeData(of: Set(started).subtracting(hadData), identity)
                if isAlone { try? await stack.runtime(runtime).removeShared(identity) }
            }
        }.value
    }
}

extension UpPlan.Step {
    /// Whether the service can't run here, and nobody insists.
    var isLeftOut: Bool {
        if case .skip = action { true } else { false }
    }

    /// Whether the step starts anything new.
    var startsSomething: Bool {
        if case .start = action { true } else { false }
    }

    /// Whether the step starts a server, be it new or one that was stopped.
    var starts: Bool {
        switch action {
        case .start, .resume: true
        case .keep, .skip: false
        }
    }
}

/// What a run has started so far, for rolling it back.
final class StartedServices: Sendable {
    private let started = Mutex<[String]>([])

    var names: [String] { started.withLock { $0 } }

    func add(_ service: String) {
        started.withLock { $0.append(service) }
    }
}

/// Where services wait for each other.
actor Gates {
    private var states: [String: Set<Dependency.Condition>]
    private var failed: Set<String> = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ services: [String]) {
        states = Dictionary(uniqueKeysWithValues: services.map { ($0, []) })
    }

    /// Notes that a service has reached something.
    func open(_ service: String, _ conditions: Set<Dependency.Condition>) {
        states[service, default: []].formUnion(conditions)
        wakeAll()
    }

    /// Notes that a service won't come: whoever waits for it won't start.
    func fail(_ service: String) {
        failed.insert(service)
        wakeAll()
    }

    /// Waits until a service has reached a condition.
    ///
    /// - Returns: Whether it has; `false` when it can't any more, or nobody starts it.
    func pass(_ dependency: Dependency) async -> Bool {
        while true {
            guard let state = states[dependency.service], !failed.contains(dependency.service), !Task.isCancelled else {
                return false
            }
            if state.contains(dependency.condition) { return true }
            await withTaskCancellationHandler {
                await withCheckedContinuation { waiting.append($0) }
            } onCancel: {
                Task { await self.wakeAll() }
            }
        }
    }

    private func wakeAll() {
        let all = waiting
        waiting = []
        for continuation in all { continuation.resume() }
    }
}

/// What runs, asked at most a few times a second for all pipelines together.
actor Liveness {
    private let stack: Stack
    private var last: (observation: Observation, time: ContinuousClock.Instant)?

    init(_ stack: Stack) {
        self.stack = stack
    }

    /// Returns what runs, as it was seen after a moment and not longer ago than the given age.
    func observation(after moment: ContinuousClock.Instant, notOlderThan age: Duration) async throws -> Observation {
        if let last, last.time > moment, ContinuousClock.now - last.time < age { return last.observation }
        let time = ContinuousClock.now
        let observation = try await stack.observe()
        last = (observation, time)
        return observation
    }
}
