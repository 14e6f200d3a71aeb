/// An environment together with the machine that it runs on: what every command starts from.
package struct Stack: Sendable {
    package let environment: Environment
    package let project: Project

    /// The runtime that the command line asks for; wins over the file's, not over a service's own.
    package let runtimeOverride: RuntimeChoice?

    private let docker: DockerRuntime
    private let native: NativeRuntime

    /// Every runtime, in the order in which they are asked.
    private var runtimes: [any Runtime] { [native, docker] }

    /// - Parameter project: What it runs as, where that isn't the environment's own project.
    package init(_ environment: Environment, runtimeOverride: RuntimeChoice? = nil, project: Project? = nil) {
        self.environment = environment
        self.runtimeOverride = runtimeOverride
        let project = project ?? Project(environment)
        self.project = project
        docker = DockerRuntime(registry: environment.registry, environmentFile: environment.file.path)
        native = NativeRuntime(project, environmentFile: environment.file.path)
    }

    package var identity: ProjectIdentity { project.identity }

    /// Returns the runtime of a name; `auto` is no runtime, and stands for Docker here.
    package func runtime(_ choice: RuntimeChoice) -> any Runtime {
        choice == .native ? native : docker
    }

    /// Returns which runtime a service asks for, `auto` included.
    package func wantedRuntime(of service: Service) -> RuntimeChoice {
        service.options.runtime ?? runtimeOverride ?? environment.runtime
    }

    /// Returns what runs of this project, in every runtime: a service may have been moved from one to the other.
    ///
    /// - Throws: ``NexEnvError``, but not when a runtime is unavailable: then the observation says so.
    package func observe() async throws -> Observation {
        var observation = Observation(homes: PortBook(project).homes)
        for runtime in runtimes {
            do {
                observation.servers += try await runtime.observe(identity)
            } catch let error as NexEnvError where error.code.exitStatus == .unavailable {
                observation.problems[runtime.name] = error
            }
        }
        return observation
    }

    /// Returns where a service runs or would run.
    package func chosenRuntime(of service: Service, _ observation: Observation) -> RuntimeChoice {
        switch wantedRuntime(of: service) {
        case .docker: .docker
        case .native: .native
        case .auto:
            // What is somewhere stays there: a daemon that comes or goes moves nothing.
            observation[service.name]?.runtime ?? observation.homes[service.name]
                ?? (observation.problems[.docker] == nil ? .docker : .native)
        }
    }

    /// Returns the server of a service in the form that its engine talks to, or nothing while it doesn't run.
    func server(_ name: String) async throws -> RunningServer? {
        guard let service = environment[name], let observed = try await observe()[name], observed.state == .running
        else { return nil }
        return running(service, observed, try SecretStore(project))
    }

    /// Returns a server in the form that its engine talks to, or nothing when it has no address or no password yet.
    package func running(_ service: Service, _ observed: ObservedServer, _ secrets: SecretStore) -> RunningServer? {
        guard let endpoint = observed.endpoint(of: service), let passwords = secrets.passwords(of: service) else {
            return nil
        }
        var server = RunningServer(
            project: identity,
            service: service,
            passwords: passwords,
            endpoint: endpoint,
            internalEndpoint: runtime(observed.runtime).internalEndpoint(of: service, endpoint: endpoint)
        )
        server.backend = backend(of: service, secrets)
        return server
    }

    /// Returns the service behind another one, unless a password of it isn't made yet.
    func backend(of service: Service, _ secrets: SecretStore) -> Backend? {
        environment.server(behind: service).flatMap { behind in
            secrets.passwords(of: behind).map { Backend(service: behind, passwords: $0) }
        }
    }
}

/// What runs of a project at one moment.
package struct Observation: Sendable {
    package var servers: [ObservedServer] = []

    /// Why a runtime couldn't be asked, for each that couldn't.
    package var problems: [RuntimeChoice: NexEnvError] = [:]

    /// Where services were brought up last; who asks for no runtime stays there, since that is where the data is.
    package var homes: [String: RuntimeChoice] = [:]

    /// The server of a service; the running one where two runtimes have one.
    package subscript(_ service: String) -> ObservedServer? {
        let all = servers.filter { $0.service == service }
        return all.first { $0.state == .running } ?? all.first
    }
}

extension ObservedServer {
    /// Where the host reaches a service's own port, while it runs.
    package func endpoint(of service: Service) -> Endpoint? {
        // A runtime that publishes ports knows each by its number inside; one that doesn't knows just the server's own.
        guard !extraPorts.isEmpty, let inside = service.engine.port else { return endpoint }
        return extraPorts[inside].map { Endpoint(host: endpoint?.host ?? service.bind, port: $0) }
    }
}
