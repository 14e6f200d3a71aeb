import ArgumentParser
import NexEnv

/// `nexenv wait`.
struct WaitCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until services are usable, without starting anything."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "Services; all required ones when none is named.", completion: .services)
    var services: [String] = []

    @Option(name: .long, help: ArgumentHelp("How long at most, such as 30s.", valueName: "duration"))
    var timeout = "60s"

    func run() async throws {
        guard let limit = Duration(text: timeout) else {
            throw ValidationError("`\(timeout)` is not a duration: 30s, 2m")
        }
        let stack = try loadStack()
        let all = try selection(services).services(of: stack.environment)
        let wanted = services.isEmpty ? all.filter(\.options.isRequired) : all
        let deadline = ContinuousClock.now + limit
        while true {
            let status = try await StackStatus.read(stack, wanted)
            let missing = status.services.filter { $0.state != .ready }
            if missing.isEmpty {
                if console.isJSON { try console.json(StatusReport(stack, status, command: "wait")) }
                return
            }
            guard ContinuousClock.now < deadline else {
                let names = missing.map { "\($0.service.name) (\($0.reason ?? $0.state.rawValue))" }
                throw NexEnvError(.timedOut, "not usable after \(limit.text): \(names.joined(separator: ", "))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
