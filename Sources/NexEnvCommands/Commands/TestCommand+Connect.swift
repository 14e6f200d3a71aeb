import ArgumentParser
import NexEnv

/// `nexenv test connect`.
struct TestConnectCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Open the client of a database that a failed test has left; with NEXENV_KEEP=failed they do."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The name that the test has printed.", valueName: "name"))
    var name: String

    @Option(name: .shortAndLong, help: ArgumentHelp("Run one command and exit with its status.", valueName: "text"))
    var command: String?

    func run() async throws {
        let kept = try await KeptDatabase.find(name, own: try? loadStack())
        guard let observed = try await kept.stack.observe()[kept.place.service], observed.state == .running,
            let service = kept.stack.environment[kept.place.service],
            let server = kept.stack.running(service, observed, try SecretStore(kept.stack.project)),
            let engine = service.engine as? any ShellEngine,
            let shell = engine.shell(
                at: kept.address,
                insidePort: server.internalEndpoint.port,
                command: command
            )
        else { throw NexEnvError(.notRunning, "its server isn't running", service: kept.place.service) }
        try ConnectCommand.replaceSelf(shell, [], observed, kept.stack)
    }
}
