/// Any image, run as compose would run it: what `image:` without `engine:` means.
package struct PlainContainer: Engine {
    package static let name = "container"
    package static let summary = "Any image, started and watched; no databases, no seeds."
    package static let defaultVersion = ""

    package var command: [String]?
    package var entrypoint: [String]?
    package var environment: [Named<String>] = []
    package var volumes: [ContainerDescription.Mount] = []
    package var ports: [ContainerDescription.PublishedPort] = []
    package var healthCheck: ContainerDescription.HealthCheck?
    package var user: String?
    package var workingDirectory: String?
    package var restart: RestartPolicy?

    package var port: Int? { nil }
    package var extraPorts: [ContainerDescription.PublishedPort] { ports }
    package var mayFinish: Bool { true }

    package static let shape = Shape<PlainContainer>(
        "a container",
        summary,
        defaults: PlainContainer(),
        [
            Field("command", \.command, .words, "What runs in the container, instead of the image's command."),
            Field("entrypoint", \.entrypoint, .words, "What starts it, instead of the image's entrypoint."),
            Field("environment", \.environment, .variables, "Variables; `${url:service.database}` gives an address."),
            Field(
                "volumes",
                \.volumes,
                .list(of: .mount),
                "`NAME:/path` or `./folder:/path`, with `:ro` behind it to protect it."
            ),
            Field("ports", \.ports, .list(of: .publishedPort), "Published ports: `8080`, `8080:80` or `auto:80`."),
            Field("healthcheck", \.healthCheck, .healthCheck, "How Docker tells whether it works, as in compose."),
            Field("user", \.user, .text, "The user inside the container."),
            Field("working_dir", \.workingDirectory, .text, "The folder that it starts in."),
            Field("restart", \.restart, .choice, "Whether Docker starts it again when it ends."),
        ]
    )

    /// When Docker starts a container again.
    package enum RestartPolicy: String, Sendable, CaseIterable {
        case no
        case always
        case onFailure = "on-failure"
        case unlessStopped = "unless-stopped"
    }

    package func validate(_ service: ServiceOptions, at position: SourcePosition, _ context: DecodingContext) {
        if service.image == nil { context.report(.missingKey, "a container needs `image`", at: position) }
        for port in ports where ports.count(where: { $0.container == port.container && $0.isUDP == port.isUDP }) > 1 {
            context.report(.invalidValue, "port \(port.container) is published more than once", at: position)
            break
        }
    }

    /// Nobody can tell whom a program of the user's calls.
    package var reachesPeers: Bool { true }

    package var references: [Named<LateReference>] {
        environment.flatMap { variable in
            LateReference.find(in: variable.value).map {
                Named(name: $0.service, position: variable.position, value: $0)
            }
        }
    }

    package func container(_ server: ServerContext) throws -> ContainerDescription {
        var container = ContainerDescription(
            image: server.service.options.image ?? "",
            entrypoint: entrypoint ?? []
        )
        container.overridesEntrypoint = entrypoint != nil
        container.arguments = command ?? []
        container.environment = try environment.map { variable in
            .init(variable.name, try LateReference.resolve(variable.value, peers: server.peers))
        }
        container.mounts = volumes
        container.extraPorts = ports
        container.healthCheck = healthCheck
        container.user = user
        container.workingDirectory = workingDirectory
        container.restart = restart?.rawValue
        return container
    }

    package func process(_ server: ServerContext) throws -> ProcessDescription {
        throw NexEnvError(
            .nativeUnsupported,
            "a container runs in Docker only",
            service: server.service.name,
            hint: "start Docker, or leave the service out with `required: false`"
        )
    }

    package func probe(_ server: RunningServer) async -> ProbeResult {
        // Nothing is known of what is inside: running is all that can be asked, and the runtime has answered that.
        .ready
    }
}
