import ArgumentParser
import Foundation
import NexEnv

/// Which file a command is about, for every command but `logs`, where `-f` means to follow.
struct FileOption: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The environment file.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var file: String?
}

/// The options that every command has.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: [.customShort("e"), .long],
        help: ArgumentHelp("The environment under environments/.", valueName: "name"),
        completion: .custom { _, _, _ in LiveNames.environments() }
    )
    var environment: String?

    @Option(name: .long, help: ArgumentHelp("The mode to lay over the file.", valueName: "name"))
    var mode: String?

    @Option(name: .long, help: ArgumentHelp("A profile to switch on; may be repeated.", valueName: "name"))
    var profile: [String] = []

    @Option(name: .long, help: ArgumentHelp("Where services run: auto, docker or native.", valueName: "runtime"))
    var runtime: RuntimeChoice?

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    @Flag(name: .customLong("no-color"), help: "No colours.")
    var noColor = false
}

extension RuntimeChoice: ExpressibleByArgument {}

/// A command with the global options.
protocol ConfiguredCommand: AsyncParsableCommand {
    var global: GlobalOptions { get }

    /// The file that `--file` names.
    var file: String? { get }
}

/// A command that takes the file by `-f` as well.
protocol FileCommand: ConfiguredCommand {
    var source: FileOption { get }
}

extension FileCommand {
    var file: String? { source.file }
}

extension ConfiguredCommand {
    var console: Console { Console(self) }

    /// Finds, reads and checks the environment that the options name.
    func loadStack() throws -> Stack {
        let variables = ProcessInfo.processInfo.environment
        let path = try EnvironmentLocator().locate(
            file: file,
            name: global.environment,
            variable: variables["NEXENV_ENVIRONMENT"]
        )
        var loader = EnvironmentLoader(mode: global.mode ?? variables["NEXENV_MODE"].flatMap { $0.isEmpty ? nil : $0 })
        return Stack(try loader.load(path), runtimeOverride: global.runtime)
    }

    /// The services that the arguments and profiles name.
    func selection(_ names: [String] = []) -> ServiceSelection {
        let fromVariable = ProcessInfo.processInfo.environment["NEXENV_PROFILES"]?.split(separator: ",").map(
            String.init
        )
        return ServiceSelection(names: names, profiles: Set(global.profile + (fromVariable ?? [])))
    }
}

/// Names for shell completion, read from the environment that the working directory leads to.
enum LiveNames {
    static func environments() -> [String] {
        EnvironmentLocator().environments.map(\.name)
    }

    static func services() -> [String] {
        environment()?.services.map(\.name) ?? []
    }

    /// Services and their databases, as `connect` and `url` take them.
    static func databases() -> [String] {
        guard let environment = environment() else { return [] }
        return environment.services.flatMap { service in
            [service.name] + environment.databaseNames(of: service).map { "\(service.name).\($0)" }
        }
    }

    private static func environment() -> NexEnv.Environment? {
        let variable = ProcessInfo.processInfo.environment["NEXENV_ENVIRONMENT"]
        guard let path = try? EnvironmentLocator().locate(file: nil, name: nil, variable: variable) else { return nil }
        var loader = EnvironmentLoader()
        return try? loader.load(path)
    }
}
