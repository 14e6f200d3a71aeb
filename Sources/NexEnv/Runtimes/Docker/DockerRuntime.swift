/// Servers in containers, through the `docker` program.
package struct DockerRuntime: Runtime {
    package let name = RuntimeChoice.docker
    package let startsInTurn = true
    package let canResume = true

    private let docker = DockerCLI()
    private let registry: String

    /// The environment file's path, for the label that `nexenv ls` reads.
    private let environmentFile: String

    package init(registry: String = "", environmentFile: String = "") {
        self.registry = registry
        self.environmentFile = environmentFile
    }

    // MARK: - Observing

    package func observe(_ project: ProjectIdentity) async throws -> [ObservedServer] {
        try await observe(filter: "\(DockerLabel.project)=\(project.id)")
    }

    /// Returns the servers of every project on this machine.
    package func observeAll() async throws -> [ObservedServer] {
        try await observe(filter: DockerLabel.project)
    }

    private func observe(filter: String) async throws -> [ObservedServer] {
        let arguments = ["ps", "-a", "--no-trunc", "--filter", "label=\(filter)", "--format", DockerListing.format]
        return try DockerListing.parse(try await docker.run(arguments))
    }

    package func internalPort(of service: Service, hostPort: Int) -> Int {
        service.engine.port ?? service.engine.extraPorts.first?.container ?? hostPort
    }

    package func internalEndpoint(of service: Service, endpoint: Endpoint) -> Endpoint {
        Endpoint(host: service.name, port: internalPort(of: service, hostPort: endpoint.port))
    }

    // MARK: - Starting

    package func prepare(
        _ context: ServerContext,
        ports: AssignedPorts,
        digestKey: String
    ) throws -> PreparedServer {
        let description = try context.service.engine.container(context)
        let builder = DockerContainerBuilder(
            context: context,
            description: description,
            ports: ports,
            registry: registry,
            environmentFile: environmentFile
        )
        let hash = try builder.configurationHash(key: digestKey)
        let endpoint = ports.main.map { Endpoint(host: connectHost(context.service.bind), port: $0) }
        return PreparedServer(
            service: context.service,
            project: context.project,
            configurationHash: hash,
            endpoint: endpoint,
            internalEndpoint: endpoint.map { internalEndpoint(of: context.service, endpoint: $0) },
            payload: builder.container(hash: hash)
        )
    }

    /// Makes the project's network, where service names are host names, and brings containers into it that were made without.
    ///
    /// Making and removing a network takes as long as starting a server (docs/benchmarks.md), so a project only has one where
    /// somebody looks for a name.
    package func prepareProject(
        _ project: ProjectIdentity,
        observed: [ObservedServer],
        sharesNames: Bool
    ) async throws {
        guard sharesNames else { return }
        let containers = observed.filter { $0.runtime == name }
        // Docker doesn't remove a network that is in use.
        if !containers.contains(where: { $0.state == .running && $0.isFoundByName }) { try await makeNetwork(project) }
        for container in containers where !container.isFoundByName {
            let connect = ["network", "connect", "--alias", container.service, project.id, container.identifier]
            do {
                try await docker.run(connect)
            } catch let error as NexEnvError {
                guard error.message.contains("already exists in network") else { throw error }
            }
        }
    }

    private func makeNetwork(_ project: ProjectIdentity) async throws {
        let labels = [
            "\(DockerLabel.project)=\(project.id)", "com.docker.compose.project=\(project.id)",
            "com.docker.compose.network=default",
        ]
        do {
            try await docker.run(["network", "create"] + labels.flatMap { ["--label", $0] } + [project.id])
        } catch let error as NexEnvError {
            guard error.message.contains("already exists") else { throw error }
        }
    }

    package func start(_ server: PreparedServer, _ progress: @Sendable (String) -> Void) async throws {
        let container = server.payload(as: DockerContainer.self)
        guard !container.fileEnvironment.isEmpty else { return try await run(container, [], of: server, progress) }
        for (name, value) in container.fileEnvironment where value.unicodeScalars.contains("\n") {
            throw NexEnvError(
                .serviceFailed,
                "the value of `\(name)` has several lines, which Docker can't take for this variable",
                service: server.service.name
            )
        }
        let lines = container.fileEnvironment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        let folder = Project(server.project).runFolder
        try await PrivateFile.withTemporary(lines, named: "\(server.service.name).env", in: folder) { path in
            try await run(container, ["--env-file", path], of: server, progress)
        }
    }

    package func fetch(_ server: PreparedServer, _ progress: @Sendable (String) -> Void) async throws {
        let image = server.payload(as: DockerContainer.self).image
        do {
            try await docker.run(["image", "inspect", "--format", "{{.Id}}", image])
        } catch let error as NexEnvError where error.code != .dockerUnavailable {
            progress("pulling \(image)")
            try await pull(image, for: server.service.name)
        }
    }

    private func run(
        _ container: DockerContainer,
        _ options: [String],
        of server: PreparedServer,
        _ progress: @Sendable (String) -> Void
    ) async throws {
        let arguments = ["run", "-d"] + options + container.arguments
        do {
            try await docker.run(arguments, environment: container.environment)
        } catch let error as NexEnvError where error.code == .imageMissing {
            progress("pulling \(container.image)")
            try await pull(container.image, for: server.service.name)
            try await docker.run(arguments, environment: container.environment)
        }
    }

    private func pull(_ image: String, for service: String) async throws {
        do {
            try await docker.run(["pull", "--quiet", image], holdsLock: false)
        } catch var error as NexEnvError where error.code != .dockerUnavailable && error.code != .diskFull {
            error.message = "the image \(image) isn't here and can't be pulled: \(error.message)"
            error.code = .imageMissing
            error.service = service
            error.hint = "check the version, or put a mirror before the name with `registry:` or NEXENV_REGISTRY"
            throw error
        }
    }

    package func settle(_ server: PreparedServer) {}

    package func resume(_ server: ObservedServer) async throws {
        try await docker.run(["start", server.identifier])
    }

    // MARK: - Stopping

    package func stop(_ server: ObservedServer, grace: Duration) async throws {
        let seconds = max(1, Int(grace.seconds.rounded(.up)))
        try await ignoringAbsence { try await docker.run(["stop", "-t", "\(seconds)", server.identifier]) }
    }

    package func remove(_ server: ObservedServer) async throws {
        // `-v` takes the anonymous volumes that an image declares and we don't mount; named ones stay.
        try await ignoringAbsence { try await docker.run(["rm", "-f", "-v", server.identifier]) }
    }

    /// A container's first process; in a virtual machine of Docker Desktop's it can't be seen.
    package func process(of server: ObservedServer) async -> ProcessIdentity? {
        let text = try? await docker.run(["inspect", "--format", "{{.State.Pid}}", server.identifier])
        guard let pid = text.flatMap({ Int32($0.prefix { $0.isNumber }) }), pid > 0 else { return nil }
        return ProcessIdentity(running: pid)
    }

    package func removeShared(_ project: ProjectIdentity) async throws {
        do {
            try await docker.run(["network", "rm", project.id])
        } catch let error as NexEnvError {
            guard error.message.lowercased().contains("no such network") || error.message.contains("not found") else {
                throw error
            }
        }
    }

    package func servicesWithData(_ project: ProjectIdentity) async throws -> Set<String> {
        // A volume that the user named belongs to no service.
        Set(try await volumes(project).map(\.service).filter { !$0.isEmpty })
    }

    package func removeData(of services: Set<String>?, _ project: ProjectIdentity) async throws {
        let names = try await volumes(project).filter { services?.contains($0.service) ?? true }.map(\.name)
        if !names.isEmpty { try await docker.run(["volume", "rm"] + names) }
    }

    private func volumes(_ project: ProjectIdentity) async throws -> [(name: String, service: String)] {
        let format = "{{.Name}}\t{{.Label \"\(DockerLabel.service)\"}}"
        let filter = "label=\(DockerLabel.project)=\(project.id)"
        let listed = try await docker.run(["volume", "ls", "--filter", filter, "--format", format])
        return listed.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return fields.count == 2 ? (fields[0], fields[1]) : nil
        }
    }

    private func ignoringAbsence(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as NexEnvError {
            guard error.code == .notRunning || error.message.contains("is already in progress") else { throw error }
        }
    }

    // MARK: - Logs and commands

    package func logTail(of server: ObservedServer, lines: Int) async -> [String] {
        let output = try? await ChildProcess.run("docker", ["logs", "--tail", "\(lines)", server.identifier])
        guard let output else { return [] }
        let text = output.standardOutput + output.standardError
        return text.split(separator: "\n").suffix(lines).map(String.init)
    }

    package func logs(
        of server: ObservedServer,
        _ options: LogOptions,
        onLine: @escaping @Sendable (String) async -> Void
    ) async throws {
        var arguments = ["logs"]
        if options.follow { arguments.append("-f") }
        if let since = options.since { arguments += ["--since", since] }
        if let tail = options.tail { arguments += ["--tail", "\(tail)"] }
        _ = try await ChildProcess.stream("docker", arguments + [server.identifier], onLine: onLine)
    }

    package func command(
        in server: ObservedServer,
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        isInteractive: Bool
    ) -> ProgramCall {
        var docker = ["exec", "-i"]
        if isInteractive { docker.append("-t") }
        for name in environment.keys.sorted() { docker += ["-e", name] }
        return ProgramCall(
            program: "docker",
            arguments: docker + [server.identifier, program] + arguments,
            environment: environment
        )
    }

    /// Where to connect to reach a port bound to an address.
    private func connectHost(_ bind: String) -> String {
        switch bind {
        case "0.0.0.0", "": "127.0.0.1"
        case "::": "::1"
        default: bind
        }
    }
}
