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
            CommandGroup(name: "Fill", subcommands: [SeedCommand.self, ResetCommand.self, MigrateCommand.self]),
            CommandGroup(name: "Test", subcommands: [TestCommand.self]),
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
        let words = LeadingOptions.moved(arguments).prefix(2)
        let types = configuration.groupedSubcommands.flatMap(\.subcommands)
        guard let group = try check(words.first, among: types, after: "nexenv") else { return }
        let name = "nexenv \(group.configuration.commandName ?? "")"
        _ = try check(words.dropFirst().first, among: group.configuration.subcommands, after: name)
    }

    /// Returns the command of a name when it is followed by a command of its own.
    private static func check(
        _ name: String?,
        among types: [any ParsableCommand.Type],
        after words: String
    ) throws -> (any ParsableCommand.Type)? {
        guard let name, !name.hasPrefix("-") else { return nil }
        let names = types.flatMap { [$0.configuration.commandName ?? ""] + $0.configuration.aliases } + ["help"]
        guard names.contains(name) else {
            let hint = Suggestion.nearest(to: name, among: names).map { "did you mean `\(words) \($0)`?" }
            let message = "there is no command `\(words == "nexenv" ? "" : words.dropFirst(7) + " ")\(name)`"
            throw NexEnvError(.notFound, message, hint: hint ?? "`\(words) --help` lists them")
        }
        return types.first { $0.configuration.commandName == name && !$0.configuration.subcommands.isEmpty }
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
