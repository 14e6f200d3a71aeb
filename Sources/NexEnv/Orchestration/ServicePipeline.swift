/// One service on its way up: gate → start → answers → databases and init → migrations.
struct ServicePipeline: Sendable {
    let stack: Stack
    let step: UpPlan.Step
    let secrets: SecretStore
    let liveness: Liveness
    let gates: Gates
    let headStart: HeadStart
    let onStart: @Sendable () -> Void
    let report: @Sendable (String) -> Void

    private var service: Service { step.service }
    private var runtime: any Runtime { stack.runtime(step.runtime) }

    /// Runs the service's part of `up`.
    ///
    /// - Throws: What stopped a required service; for one that isn't, the outcome says it.
    func run() async throws -> ServiceOutcome {
        defer { headStart.hasLeft(service.name) }
        do {
            let outcome = try await bringUp()
            // Nobody waits in vain for what is left out; the plan has said that it is.
            let hasCompleted = outcome.state == .finished || outcome.state == .skipped
            await gates.open(service.name, hasCompleted ? [.started, .healthy, .completed] : [.started, .healthy])
            return outcome
        } catch {
            await gates.fail(service.name)
            try Task.checkCancellation()
            guard !service.options.isRequired, !(error is CancellationError) else { throw located(error) }
            var outcome = ServiceOutcome(service, .failed)
            outcome.runtime = step.runtime
            outcome.error =
                located(error) as? NexEnvError ?? NexEnvError(.serviceFailed, "\(error)", service: service.name)
            return outcome
        }
    }

    private func bringUp() async throws -> ServiceOutcome {
        var outcome = ServiceOutcome(service, .ready)
        outcome.runtime = step.runtime
        outcome.notes = step.notes
        if case .skip(let error) = step.action {
            outcome.state = .skipped
            outcome.error = error
            return outcome
        }
        for dependency in service.options.dependencies {
            guard await gates.pass(dependency) else {
                throw NexEnvError(.dependencyFailed, "`\(dependency.service)`, which it depends on, didn't come up")
            }
        }
        try await outcome.timings.measure("start") { outcome.isChanged = try await start() }
        await gates.open(service.name, [.started])
        outcome.endpoint = step.prepared?.endpoint
        // Nobody waits for what isn't required and has nothing to be made in it.
        let isAwaited =
            stack.environment.isAwaited(service, until: .healthy)
            || stack.environment.isAwaited(service, until: .completed)
        guard service.options.isRequired || service.engine is any DatabaseEngine || isAwaited else {
            if let server = runningServer, case .ready = await service.engine.probe(server) { return outcome }
            outcome.state = .starting
            return outcome
        }
        if case .keep = step.action, let engine = service.engine as? any DatabaseEngine, let server = runningServer {
            let done = try await outcome.timings.measure("databases") { try await provisionAtOnce(engine, server) }
            if let done {
                if let prepared = step.prepared { runtime.settle(prepared) }
                outcome.take(done)
                try await migrate(done.unmigrated, server, &outcome)
                return outcome
            }
        }
        let started = ContinuousClock.now
        try await outcome.timings.measure("answer") { outcome.state = try await waitUntilUsable(since: started) }
        if let prepared = step.prepared { runtime.settle(prepared) }
        if outcome.state == .ready, stack.environment.isAwaited(service, until: .completed) {
            await gates.open(service.name, [.healthy])
            try await outcome.timings.measure("completion") {
                outcome.state = try await waitUntilCompleted(since: started)
            }
        }
        if let engine = service.engine as? any DatabaseEngine, let server = runningServer {
            let done = try await outcome.timings.measure("databases") {
                report("databases")
                return try await engine.provision(server, ProvisionProgress(report: report))
            }
            outcome.take(done)
            try await migrate(done.unmigrated, server, &outcome)
        }
        return outcome
    }

    /// Runs the migrations that provisioning has found to be pending.
    private func migrate(_ databases: [String], _ server: RunningServer, _ outcome: inout ServiceOutcome) async throws {
        guard !databases.isEmpty, let engine = service.engine as? any DatabaseEngine else { return }
        let done = try await outcome.timings.measure("migrations") {
            try await engine.migrate(databases, on: server, purpose: "nexenv up", report)
        }
        outcome.take(done)
    }

    /// Goes through the databases of a server that ran before without asking it first: logging in (SCRAM) is most of what a
    /// run with nothing to do costs, and provisioning logs in anyway.
    ///
    /// - Returns: Nothing when the server has to be waited for.
    /// - Throws: What is wrong with the databases; what is wrong with the connection is the probe's to tell.
    private func provisionAtOnce(_ engine: any DatabaseEngine, _ server: RunningServer) async throws -> Provisioned? {
        do {
            report("databases")
            return try await engine.provision(server, ProvisionProgress(report: report))
        } catch let error where !(error is NexEnvError || error is Diagnostics) {
            try Task.checkCancellation()
            return nil
        }
    }

    private var runningServer: RunningServer? {
        guard let endpoint = step.prepared?.endpoint, let passwords = secrets.passwords(of: service) else { return nil }
        var server = RunningServer(
            project: stack.identity,
            service: service,
            passwords: passwords,
            endpoint: endpoint,
            internalEndpoint: step.prepared?.internalEndpoint ?? endpoint
        )
        server.backend = stack.backend(of: service, secrets)
        return server
    }

    // MARK: - Starting

    /// Starts the server unless it runs already.
    ///
    /// - Returns: Whether anything was done.
    private func start() async throws -> Bool {
        if let leftover = step.leftover {
            try await stack.runtime(leftover.runtime).stop(leftover, grace: service.stopGracePeriod)
            try await stack.runtime(leftover.runtime).remove(leftover)
        }
        switch step.action {
        case .keep, .skip: return false
        case .resume(let observed):
            try await headStart.wait(service.name)
            report("starting")
            onStart()
            // The port that was kept free is the one that the container was made with.
            step.reservations.forEach { $0.release() }
            do {
                try await runtime.resume(observed)
                headStart.hasLeft(service.name)
            } catch let error as NexEnvError where error.code != .dockerUnavailable {
                // Its port or its network may have gone to somebody else; nothing but its data is worth keeping.
                report("replacing")
                try await runtime.remove(observed)
                try await startNew()
            }
            return true
        case .start(let replaced):
            if let replaced {
                // What can't be started should not end what runs.
                if let prepared = step.prepared { try await runtime.fetch(prepared, report) }
                report("replacing")
                try await runtime.stop(replaced, grace: service.stopGracePeriod)
                try await runtime.remove(replaced)
            }
            report("starting")
            onStart()
            try await startNew()
            return true
        }
    }

    private func startNew() async throws {
        guard let prepared = step.prepared else { return }
        try await headStart.wait(service.name)
        // From here on the port is the server's.
        step.reservations.forEach { $0.release() }
        do {
            // What it says on the way is that it pulls its image, which nobody else has to wait for.
            try await runtime.start(prepared) { text in
                headStart.hasLeft(service.name)
                report(text)
            }
            headStart.hasLeft(service.name)
        } catch let error as NexEnvError where error.code == .nameTaken {
            // What a killed run had asked Docker for has come after all: `up` looks again, and goes on from there.
            throw error
        } catch {
            // A container that could not start stays behind, made but not started.
            if let other = try? await stack.observe()[service.name], other.state != .running {
                try? await runtime.remove(other)
            }
            throw error
        }
    }

    // MARK: - Waiting

    /// Probes at 10 ms, then ever slower up to 50 ms, until the server answers; stops at once when it has ended.
    private func waitUntilUsable(since started: ContinuousClock.Instant) async throws -> ServiceOutcome.State {
        guard let server = runningServer else { return try await waitUntilHealthy(since: started) }
        let deadline = ContinuousClock.now + service.readyTimeout
        var nextLook = ContinuousClock.now + .milliseconds(200)
        var pause = Duration.milliseconds(10)
        var reason = "not answering yet"
        while true {
            switch await probe(server) {
            case .ready: return .ready
            case .failed(let error):
                // A server that is about to end may say anything; that it ended says more.
                try await throwIfEnded(since: started)
                throw error
            case .notYet(let text):
                if text != reason { report(text) }
                reason = text
            }
            try Task.checkCancellation()
            if ContinuousClock.now >= nextLook {
                try await throwIfEnded(since: started)
                nextLook = ContinuousClock.now + .milliseconds(250)
            }
            guard ContinuousClock.now < deadline else { throw await timedOut(reason) }
            try await Task.sleep(for: pause)
            pause = min(pause * 3 / 2, .milliseconds(50))
        }
    }

    /// Asks the server, unless somebody else listens where it will: an answer would be a stranger's.
    private func probe(_ server: RunningServer) async -> ProbeResult {
        if let prepared = step.prepared, await !runtime.isListening(prepared) { return .notYet("not listening yet") }
        return await service.engine.probe(server)
    }

    /// Waits for a container of which only Docker knows how it does.
    private func waitUntilHealthy(since started: ContinuousClock.Instant) async throws -> ServiceOutcome.State {
        let deadline = ContinuousClock.now + service.readyTimeout
        var said = ""
        while true {
            let observation = try await liveness.observation(after: started, notOlderThan: .milliseconds(80))
            let observed = observation[service.name]
            switch (observed?.state, observed?.health) {
            case (.running, "healthy"): return .ready
            // Nobody knows what is inside; a program that can't even start is gone by then.
            case (.running, nil) where ContinuousClock.now - started > .milliseconds(400): return .ready
            case (.running, nil): break
            case (.stopped, _) where observed?.exitStatus == 0 && service.engine.mayFinish: return .finished
            case (.running, let health):
                if health != said { report(health ?? "") }
                said = health ?? ""
            default: try await throwIfEnded(since: started)
            }
            guard ContinuousClock.now < deadline else { throw await timedOut("not healthy") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Waits for a container that does its work and ends, for the sake of those that wait for that.
    private func waitUntilCompleted(since started: ContinuousClock.Instant) async throws -> ServiceOutcome.State {
        let deadline = ContinuousClock.now + service.readyTimeout
        while true {
            let observed = try await liveness.observation(after: started, notOlderThan: .milliseconds(80))[service.name]
            if observed?.state == .stopped, observed?.exitStatus == 0 { return .finished }
            try await throwIfEnded(since: started)
            guard ContinuousClock.now < deadline else { throw await timedOut("still running") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func throwIfEnded(since started: ContinuousClock.Instant) async throws {
        // All that wait look at the same listing: each costs 10 ms of a processor that the servers could use to start.
        let observation = try await liveness.observation(after: started, notOlderThan: .milliseconds(200))
        let observed = observation[service.name]
        if let problem = observation.problems[step.runtime] { throw problem }
        guard let observed else {
            throw NexEnvError(.serviceDied, "somebody removed it while it was starting", service: service.name)
        }
        guard observed.state != .running else { return }
        let tail = await runtime.logTail(of: observed, lines: 20)
        let status = observed.exitStatus.map { " with status \($0)" } ?? ""
        throw NexEnvError.ended("it ended\(status) while it was starting", service: service.name, logTail: tail)
    }

    private func timedOut(_ reason: String) async -> NexEnvError {
        let observed = try? await stack.observe()[service.name]
        var tail: [String] = []
        if let observed { tail = await runtime.logTail(of: observed, lines: 20) }
        return NexEnvError(
            .timedOut,
            "not usable after \(service.readyTimeout.text): \(reason)",
            service: service.name,
            hint: "`ready_timeout` sets how long to wait",
            logTail: tail
        )
    }

    /// Adds the service to an error that doesn't say it, and takes passwords out of what the server wrote.
    private func located(_ error: any Error) -> any Error {
        guard var error = error as? NexEnvError else { return error }
        error.service = error.service ?? service.name
        for password in secrets.passwords(of: service)?.all ?? [] {
            error.message = error.message.replacing(password, with: "(password)")
            error.logTail = error.logTail.map { $0.replacing(password, with: "(password)") }
        }
        return error
    }
}

extension ServiceOutcome {
    /// Notes what provisioning did.
    fileprivate mutating func take(_ done: Provisioned) {
        changes += done.changes
        notices += done.notices
        isChanged = isChanged || !done.changes.isEmpty
    }
}
