extension ServiceOptions {
    /// The keys that every service has.
    package static let shape = Shape<ServiceOptions>(
        "a service",
        "One server.",
        defaults: ServiceOptions(),
        [
            Field("engine", \.engine, .text, "What the server is."),
            Field("image", \.image, .text, "The image, where the one that engine and version give isn't wanted."),
            Field("version", \.version, .version, "The server's version; decides image, native program and data path."),
            Field("runtime", \.runtime, .choice, "Where this service runs, where it differs from the environment."),
            Field("port", \.port, .port, "The host port; the next free one when it is taken, any with `auto`."),
            Field("bind", \.bind, .text, "The host address that the port is bound to."),
            Field(
                "durability",
                \.durability,
                .choice,
                "How hard the server tries to keep data over a crash of the machine."
            ),
            Field("storage", \.storage, .choice, "Where the data lies: `disk`, or `tmpfs` for data that nobody keeps."),
            Field("ready_timeout", \.readyTimeout, .duration, "How long `up` waits until the server is usable."),
            Field(
                "stop_grace_period",
                \.stopGracePeriod,
                .duration,
                "How long the server has to stop before it is killed."
            ),
            Field("required", \.isRequired, .boolean, "Whether `up` waits for the service and fails with it."),
            Field("profiles", \.profiles, .list(of: .text), "The service is started only with one of these profiles."),
            Field("depends_on", \.dependencies, .dependencies, "Services that have to be started or usable first."),
        ]
    )
}

extension ServiceDefaults {
    static let shape = Shape<ServiceDefaults>(
        "`defaults`",
        "What every service inherits unless it says otherwise.",
        defaults: ServiceDefaults(),
        [
            Field("bind", \.bind, .text, "The host address that ports are bound to."),
            Field(
                "durability",
                \.durability,
                .choice,
                "How hard servers try to keep data over a crash of the machine."
            ),
            Field("ready_timeout", \.readyTimeout, .duration, "How long `up` waits until a server is usable."),
            Field(
                "stop_grace_period",
                \.stopGracePeriod,
                .duration,
                "How long a server has to stop before it is killed."
            ),
        ]
    )
}

extension ValueShape<[Dependency]> {
    /// A list of names, or a mapping from a name to `condition: …`, as compose has it.
    static var dependencies: ValueShape<[Dependency]> {
        let condition = DependencyOptions.shape.value
        return ValueShape(
            schema: [
                "anyOf": [
                    ["type": "array", "items": ["type": "string"]],
                    ["type": "object", "additionalProperties": condition.schema],
                ]
            ]
        ) { node, context in
            if let elements = node.elements {
                return elements.compactMap { element in
                    ValueShape<String>.text.decode(element, context).map {
                        Dependency(service: $0, condition: .started, position: element.position)
                    }
                }
            }
            guard let entries = node.entries else {
                context.wrongType(node, expected: "a list of services")
                return nil
            }
            return entries.compactMap { entry in
                condition.decode(entry.value, context).map {
                    Dependency(service: entry.key.name, condition: $0.condition, position: entry.key.position)
                }
            }
        }
    }
}

/// What stands behind a service's name under `depends_on`.
private struct DependencyOptions: Sendable {
    var condition = Dependency.Condition.started

    static let shape = Shape<DependencyOptions>(
        "a dependency",
        "What the other service has to have reached.",
        defaults: DependencyOptions(),
        [Field("condition", \.condition, .choice, "Whether it has to be started, usable, or done.")]
    )
}

/// The keys at the top of an environment file, before services are put together with their defaults.
struct TopLevel: Sendable {
    var name: String?
    var description: String?
    var isDefault = false
    var isProtected = false
    var runtime = RuntimeChoice.auto
    var registry = ""
    var envFiles: [String] = []
    var includes: [String] = []
    var allowsOutside = false
    var defaults = ServiceDefaults()
    var storage = Storage.disk
    var ports = PortPolicy.preferred
    var services: [Service] = []
    var seeds: [ResourcePath] = []
    var modes: [String] = []

    static let shape = Shape<TopLevel>(
        "an environment",
        "A nexenv environment: one YAML file for an application's databases.",
        defaults: TopLevel(),
        [
            Field("name", \.name, .identifier, "The project's name; the folder's name when left out."),
            Field("description", \.description, .text, "One line for `nexenv ls`."),
            Field("default", \.isDefault, .boolean, "Whether this environment is taken when none is named."),
            Field("protected", \.isProtected, .boolean, "Whether commands that destroy data are refused."),
            Field(
                "runtime",
                \.runtime,
                .choice,
                "Where services run: docker if its daemon answers, else native, with `auto`."
            ),
            Field("registry", \.registry, .text, "Put before every image name; NEXENV_REGISTRY overrides it."),
            Field(
                "env_file",
                \.envFiles,
                .list(of: .text, orSingle: true),
                "Files of NAME=value for `${NAME}`; may be absent."
            ),
            Field("include", \.includes, .list(of: .text, orSingle: true), "Other environment files to merge in."),
            Field("allow_outside", \.allowsOutside, .boolean, "Whether paths in this file may leave its folder."),
            Field("defaults", \.defaults, ServiceDefaults.shape.value, "What every service inherits."),
            Field("storage", \.storage, .choice, "Where data lies: `disk`, or `tmpfs` for data that nobody keeps."),
            Field("ports", \.ports, .choice, "`preferred` as each service says, or `auto` for any free ones."),
            Field("services", \.services, .services, "The servers, by name."),
            Field("seeds", \.seeds, .list(of: .file, orSingle: true), "Files of what the databases are filled with."),
            Field("modes", \.modes, .modes, "Named overlays of this file: `nexenv --mode NAME`."),
        ]
    )
}

extension ValueShape<[String]> {
    /// The modes' names; their content is merged into the file before it is decoded.
    static var modes: ValueShape<[String]> {
        let overlay: JSONValue = ["$ref": "#/definitions/overlay"]
        return ValueShape(schema: ["type": "object", "additionalProperties": overlay]) { node, context in
            guard let entries = node.entries else {
                context.wrongType(node, expected: "a mapping from names to overlays")
                return nil
            }
            return entries.map(\.key.name)
        }
    }
}
