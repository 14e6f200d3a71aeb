import ArgumentParser
import NexEnv

/// `nexenv`.
struct NexEnvCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nexenv",
        abstract: "One YAML file to running, filled, disposable databases.",
        discussion: discussion,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Run",
                subcommands: [
                    UpCommand.self, DownCommand.self, StopCommand.self, StartCommand.self, RestartCommand.self,
                    WaitCommand.self,
                ]
            ),
            CommandGroup(name: "Fill", subcommands: [SeedCommand.self]),
            CommandGroup(
                name: "Look",
                subcommands: [StatusCommand.self, LogsCommand.self, PortsCommand.self, ListCommand.self]
            ),
            CommandGroup(
                name: "Use",
                subcommands: [ConnectCommand.self, ExecCommand.self, EnvCommand.self, URLCommand.self]
            ),
            CommandGroup(
                name: "The file and this machine",
                subcommands: [
                    ValidateCommand.self, SchemaCommand.self, DoctorCommand.self, PowerOffCommand.self,
                    CompletionCommand.self,
                ]
            ),
        ]
    )

    /// Complains about a command that there is none of, with the one that was probably meant.
    ///
    /// - Throws: ``NexEnvError`` with code `not-found`.
    static func checkName(in arguments: [String]) throws {
        guard let name = LeadingOptions.moved(arguments).first, !name.hasPrefix("-") else { return }
        let types = configuration.groupedSubcommands.flatMap(\.subcommands)
        let names = types.flatMap { [$0.configuration.commandName ?? ""] + $0.configuration.aliases } + ["help"]
        guard !names.contains(name) else { return }
        let hint = Suggestion.nearest(to: name, among: names).map { "did you mean `nexenv \($0)`?" }
        throw NexEnvError(.notFound, "there is no command `\(name)`", hint: hint ?? "`nexenv --help` lists them")
    }

    private static var discussion: String {
        let lines = ExitStatus.allCases.map { status in
            let number = "\(status.rawValue)"
            return "  " + number + String(repeating: " ", count: 5 - number.count) + status.summary
        }
        return """
            The file: -f PATH, -e NAME (environments/NAME/nexenv.yaml), NEXENV_ENVIRONMENT, or the nearest nexenv.yaml.

            EXIT STATUS
            \(lines.joined(separator: "\n"))
            """
    }
}
