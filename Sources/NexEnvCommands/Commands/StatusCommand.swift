import ArgumentParser
import NexEnv

/// `nexenv status`.
struct StatusCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show each service: does it answer, where, with which databases.",
        aliases: ["ps"]
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "Services; all when none is named.", completion: .services)
    var services: [String] = []

    @Flag(name: .shortAndLong, help: "Show it again every second until Ctrl-C.")
    var watch = false

    @Flag(name: .customLong("exit-code"), help: "Exit with 3 when a required service isn't ready.")
    var exitCode = false

    func run() async throws {
        let stack = try loadStack()
        let wanted = try statusServices(stack)
        let console = self.console
        while true {
            let status = try await StackStatus.read(stack, wanted)
            if console.isJSON {
                try console.json(StatusReport(stack, status, command: "status"))
            } else {
                if watch { console.output("\u{1B}[H\u{1B}[2J") }
                console.output(Self.table(stack, status, console))
            }
            guard watch else {
                if exitCode, !status.isFullyUp { throw ExitCode(ExitStatus.notFullyUp.rawValue) }
                return
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Every service when none is named, those that a profile holds back included where they run.
    private func statusServices(_ stack: Stack) throws -> [Service] {
        guard services.isEmpty else { return try selection(services).services(of: stack.environment) }
        _ = try selection().services(of: stack.environment)
        return stack.environment.services
    }

    private static func table(_ stack: Stack, _ status: StackStatus, _ console: Console) -> String {
        let style = console.outputStyle
        var table = TextTable(["SERVICE", "STATE", "ADDRESS", "RUNS AS", "DATABASES"])
        for service in status.services {
            let color =
                switch service.state {
                case .ready: style.green
                case .starting: style.blue
                case .incomplete: style.yellow
                case .failed: style.red
                case .stopped, .absent: style.dim
                }
            let names = stack.environment.databaseNames(of: service.service)
            let state = service.state.rawValue + (service.isOutdated ? "*" : "")
            table.add([
                TextTable.Cell(service.service.name), TextTable.Cell(state, color),
                TextTable.Cell(service.endpoint.map { "\($0.host):\($0.port)" } ?? "-"),
                TextTable.Cell(service.runtime.map { "\($0.rawValue)" } ?? "-"),
                TextTable.Cell(names.isEmpty ? "-" : names.joined(separator: " ")),
            ])
        }
        var out = "\(style.bold(stack.environment.name))  \(style.dim(stack.environment.file.displayPath))\n"
        out += table.render(width: console.outputWidth)
        for service in status.services {
            if let reason = service.reason { out += "\(service.service.name): \(reason)\n" }
        }
        if status.services.contains(where: \.isOutdated) {
            out += "* the file has changed since: `nexenv up` applies it\n"
        }
        if status.services.contains(where: { $0.state == .absent }) {
            for problem in status.problems.values { out += style.dim("\(problem.message)\n") }
        }
        return out
    }
}

/// What `nexenv status --json` prints.
struct StatusReport: Encodable {
    let schema = "nexenv/1"
    var command: String
    let ok = true
    var name: String
    var project: String
    var file: String
    var fullyUp: Bool
    var services: [Service]

    struct Service: Encodable {
        var name: String
        var engine: String
        var state: String
        var required: Bool
        var runtime: String?
        var endpoint: Endpoint?
        var image: String?
        var reason: String?
        var outdated: Bool
        var databases: [String]
    }

    init(_ stack: Stack, _ status: StackStatus, command: String) {
        self.command = command
        name = stack.environment.name
        project = stack.identity.id
        file = stack.environment.file.path
        fullyUp = status.isFullyUp
        services = status.services.map { service in
            Service(
                name: service.service.name,
                engine: type(of: service.service.engine).name,
                state: service.state.rawValue,
                required: service.service.options.isRequired,
                runtime: service.runtime?.rawValue,
                endpoint: service.endpoint,
                image: service.image,
                reason: service.reason,
                outdated: service.isOutdated,
                databases: stack.environment.databaseNames(of: service.service)
            )
        }
    }
}
