import ArgumentParser
import NexEnv

/// `nexenv url`.
struct URLCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "url",
        abstract: "Print the address of a service or database, password included."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The service, or service.database.", valueName: "target"), completion: .databases)
    var target: String

    @Flag(name: .long, help: "The address by way of the service's pooler.")
    var pooled = false

    func run() async throws {
        let stack = try loadStack()
        let place = try await Target.resolve(target, in: stack, pooled: pooled)
        let engine = place.server.service.engine as? any AddressedEngine
        let address =
            pooled
            ? (engine as? any PoolingEngine)?.pooledAddress(of: place.database, on: place.server)
            : engine?.address(of: place.database, on: place.server)
        guard let address else {
            throw NexEnvError(.notFound, "`\(target)` has no address")
        }
        guard console.isJSON else { return console.output(address.url + "\n") }
        try console.json(
            AddressReport(
                url: address.url,
                host: address.endpoint.host,
                port: address.endpoint.port,
                user: address.user,
                password: address.password,
                database: address.database
            )
        )
    }
}

/// What `nexenv url --json` prints.
struct AddressReport: Encodable {
    let schema = "nexenv/1"
    let command = "url"
    let ok = true
    var url: String
    var host: String
    var port: Int
    var user: String?
    var password: String?
    var database: String?
}

/// `nexenv ports`.
struct PortsCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "ports",
        abstract: "Print the host port of each service that runs."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "Services; all when none is named.", completion: .services)
    var services: [String] = []

    func run() async throws {
        let stack = try loadStack()
        let wanted =
            services.isEmpty ? stack.environment.services : try selection(services).services(of: stack.environment)
        let observation = try await stack.observe()
        var ports: [(String, Int)] = []
        for service in wanted {
            guard let observed = observation[service.name], observed.state == .running else { continue }
            if service.engine.port != nil, let own = observed.endpoint(of: service)?.port {
                ports.append((service.name, own))
            }
            for port in service.engine.extraPorts {
                if let host = observed.extraPorts[port.container] {
                    ports.append(("\(service.name)/\(port.container)", host))
                }
            }
        }
        if console.isJSON { return try console.json(Dictionary(ports) { first, _ in first }) }
        if services.count == 1, ports.count == 1 { return console.output("\(ports[0].1)\n") }
        for (name, port) in ports { console.output("\(name) \(port)\n") }
        if ports.isEmpty {
            throw NexEnvError(.notRunning, "nothing runs that has a port", hint: "`nexenv up` starts it")
        }
    }
}
