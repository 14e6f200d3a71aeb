import ArgumentParser
import NexEnv

/// `nexenv logs`.
struct LogsCommand: ConfiguredCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what servers wrote."
    )

    @OptionGroup var global: GlobalOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The environment file.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var file: String?

    @Argument(help: "Services; all when none is named.", completion: .services)
    var services: [String] = []

    @Flag(name: .shortAndLong, help: "Go on with new lines until Ctrl-C.")
    var follow = false

    @Option(name: .long, help: ArgumentHelp("Only lines since then: 10m, or a time.", valueName: "when"))
    var since: String?

    @Option(name: .long, help: ArgumentHelp("Only the last lines of each service.", valueName: "lines"))
    var tail: Int?

    func run() async throws {
        if let since, LogTime.since(since) == nil {
            throw ValidationError("`\(since)` is no time: 10m, 2026-01-31T08:00:00Z, or seconds since 1970")
        }
        let stack = try loadStack()
        let names = services.isEmpty ? stack.environment.services.map(\.name) : services
        _ = try selection(services).services(of: stack.environment)
        var options = LogOptions()
        options.follow = follow
        options.since = since
        options.tail = tail
        try await Self.follow(stack, names, options, console)
    }

    /// Prints the lines of several services as they come, each with its service's name.
    static func follow(_ stack: Stack, _ names: [String], _ options: LogOptions, _ console: Console) async throws {
        let observation = try await stack.observe()
        let servers = names.compactMap { observation[$0] }
        guard !servers.isEmpty else {
            throw NexEnvError(.notRunning, "nothing is there that has a log", hint: "`nexenv up` starts it")
        }
        let width = servers.map(\.service.count).max() ?? 0
        let colors: [(String) -> String] = [
            console.outputStyle.blue, console.outputStyle.green, console.outputStyle.yellow, console.outputStyle.dim,
        ]
        let isJSON = console.isJSON
        let isSingle = servers.count == 1
        try await withThrowingTaskGroup { group in
            for (index, server) in servers.enumerated() {
                let label = colors[index % colors.count](server.service.padding(to: width) + " |")
                var options = options
                if let engine = stack.environment[server.service]?.engine { options.timeOfLine = engine.logTime }
                group.addTask { [options] in
                    try await stack.runtime(server.runtime).logs(of: server, options) { line in
                        if isJSON {
                            try? console.jsonLine(["service": server.service, "line": line])
                        } else {
                            console.output(isSingle ? line + "\n" : "\(label) \(line)\n")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
