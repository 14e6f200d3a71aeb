import ArgumentParser
import NexEnv

/// `nexenv stop`.
struct StopCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop services and keep them, for `start`."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "Services; all when none is named.", completion: .services)
    var services: [String] = []

    func run() async throws {
        try await DownCommand.end(try loadStack(), selection(services), .stop, "stopped", console)
    }
}

/// `nexenv start`.
struct StartCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start services that were stopped, and wait until they are usable."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "Services; all that were stopped when none is named.", completion: .services)
    var services: [String] = []

    func run() async throws {
        let stack = try loadStack()
        var names = services
        if names.isEmpty {
            let observation = try await stack.observe()
            names = stack.environment.services.map(\.name).filter { observation[$0] != nil }
            guard !names.isEmpty else {
                throw NexEnvError(
                    .notRunning,
                    "nothing was stopped here",
                    hint: "`nexenv up` makes and starts everything"
                )
            }
        }
        try await Self.bringUp(stack, selection(names), "started", console)
    }

    static func bringUp(
        _ stack: Stack,
        _ selection: ServiceSelection,
        _ verb: String,
        _ console: Console
    ) async throws {
        var options = Up.Options()
        options.selection = selection
        let result = try await ProgressDisplay(console).run(stack, options)
        if console.isJSON { return try console.json(UpReport(result)) }
        console.note("\(verb) in \(ProgressDisplay.seconds(result.seconds))")
    }
}

/// `nexenv restart`.
struct RestartCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Stop services, start them again and wait until they are usable."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "Services; all that are there when none is named.", completion: .services)
    var services: [String] = []

    func run() async throws {
        let stack = try loadStack()
        let console = self.console
        let selection = selection(services)
        let names = Set(try selection.services(of: stack.environment).map(\.name))
        let observation = try await stack.observe()
        let present = stack.environment.services.map(\.name).filter { observation[$0] != nil }
        let wanted = services.isEmpty ? present : present.filter(names.contains)
        guard !wanted.isEmpty else {
            throw NexEnvError(.notRunning, "nothing is there to restart", hint: "`nexenv up` makes and starts it")
        }
        _ = try await Down(stack, self.selection(wanted), .stop, onEvent: { _ in }).run()
        try await StartCommand.bringUp(stack, self.selection(wanted), "restarted", console)
    }
}
