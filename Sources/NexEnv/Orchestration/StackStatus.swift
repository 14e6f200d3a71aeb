/// How a project's services are doing at one moment.
package struct StackStatus: Sendable {
    /// How one service is doing.
    package struct ServiceStatus: Sendable {
        /// The states that a person tells apart.
        package enum State: String, Sendable, Codable {
            /// It answers with its credentials.
            case ready
            /// It runs and doesn't answer yet.
            case starting
            /// It answers, and something that the file declares isn't there yet.
            case incomplete
            case stopped
            /// It ended by itself with a failure.
            case failed
            /// It isn't there.
            case absent
        }

        package var service: Service
        package var state: State
        package var runtime: RuntimeChoice?
        package var endpoint: Endpoint?
        package var image: String?
        /// Why it isn't ready, where that is known.
        package var reason: String?
        /// Whether the file has changed since it was started.
        package var isOutdated = false
    }

    package var services: [ServiceStatus]

    /// Why a runtime couldn't be asked, for each that couldn't.
    package var problems: [RuntimeChoice: NexEnvError]

    /// Whether every required service is ready.
    package var isFullyUp: Bool {
        services.allSatisfy { $0.state == .ready || !$0.service.options.isRequired }
    }

    /// Looks at each service: is it there, does it answer, is it what the file says.
    package static func read(_ stack: Stack, _ services: [Service]) async throws -> StackStatus {
        let observation = try await stack.observe()
        let secrets = try SecretStore(stack.project)
        let outdated = await outdatedServices(stack, services, observation, secrets)
        let statuses = try await services.concurrentMap(limit: 8) { service in
            await status(of: service, stack, observation, secrets, isOutdated: outdated.contains(service.name))
        }
        return StackStatus(services: statuses, problems: observation.problems)
    }

    private static func status(
        of service: Service,
        _ stack: Stack,
        _ observation: Observation,
        _ secrets: SecretStore,
        isOutdated: Bool
    ) async -> ServiceStatus {
        guard let observed = observation[service.name] else { return ServiceStatus(service: service, state: .absent) }
        var status = ServiceStatus(service: service, state: .starting, runtime: observed.runtime)
        status.endpoint = observed.endpoint(of: service)
        status.image = observed.image
        status.isOutdated = isOutdated
        switch observed.state {
        case .created: status.state = .stopped
        case .stopped:
            status.state = observed.exitStatus == 0 && service.engine.mayFinish ? .ready : .stopped
            status.reason = observed.exitStatus.map { "ended with status \($0)" }
        case .failed:
            status.state = .failed
            status.reason = observed.exitStatus.map { "ended with status \($0)" } ?? "ended by itself"
        case .running:
            guard let server = stack.running(service, observed, secrets) else {
                status.state = observed.health == nil || observed.health == "healthy" ? .ready : .starting
                status.reason = observed.health
                return status
            }
            switch await service.engine.probe(server) {
            case .ready:
                (status.state, status.reason) = await completeness(of: service, server)
            case .notYet(let reason): status.reason = reason
            case .failed(let error): (status.state, status.reason) = (.failed, error.message)
            }
        }
        return status
    }

    /// Whether all is there that the file declares: an `up` may be making it, or may have failed at it.
    private static func completeness(
        of service: Service,
        _ server: RunningServer
    ) async -> (ServiceStatus.State, reason: String?) {
        guard let engine = service.engine as? any DatabaseEngine else { return (.ready, nil) }
        do {
            let missing = try await engine.missing(on: server)
            return (missing == nil ? .ready : .incomplete, missing)
        } catch {
            return (.incomplete, "\(error)")
        }
    }

    /// The running services whose configuration is no longer what the file says.
    private static func outdatedServices(
        _ stack: Stack,
        _ services: [Service],
        _ observation: Observation,
        _ secrets: SecretStore
    ) async -> Set<String> {
        let running = services.filter { observation[$0.name]?.state == .running }
        let known = stack.environment.services.filter { observation[$0.name]?.state == .running }
        // A service that can't be planned any more shows as what it is; planning it again would only repeat the error.
        guard let plan = try? await UpPlan.make(stack, known, observation, secrets, isStrict: false) else { return [] }
        var outdated: Set<String> = []
        for step in plan.steps where running.contains(where: { $0.name == step.service.name }) {
            if case .keep = step.action { continue }
            outdated.insert(step.service.name)
        }
        return outdated
    }
}
