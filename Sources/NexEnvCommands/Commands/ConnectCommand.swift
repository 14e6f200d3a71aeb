import ArgumentParser
import Foundation
import NexEnv

/// `nexenv connect`.
struct ConnectCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Open a database's own client, logged in: psql, redis-cli, mongosh.",
        discussion: "The client of this machine is taken where there is one, else the one in the service's container.",
        aliases: ["sh"]
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The service, or service.database.", valueName: "target"), completion: .databases)
    var target: String

    @Option(name: .shortAndLong, help: ArgumentHelp("Run one command and exit with its status.", valueName: "text"))
    var command: String?

    @Argument(parsing: .postTerminator, help: "Further arguments of the client, after `--`.")
    var arguments: [String] = []

    func run() async throws {
        let stack = try loadStack()
        let place = try await Target.resolve(target, in: stack)
        guard let engine = place.server.service.engine as? any ShellEngine,
            let shell = engine.shell(for: place.database, command: command, on: place.server)
        else {
            throw NexEnvError(.notFound, "`\(target)` has no client", hint: "`nexenv url \(target)` gives its address")
        }
        try Self.replaceSelf(shell, arguments, place.observed, stack)
    }

    /// Becomes a client: the one of this machine where there is one, else the one in the server's container.
    static func replaceSelf(_ shell: ShellCommand, _ arguments: [String], _ observed: ObservedServer, _ stack: Stack)
        throws
    {
        if ProgramFinder().isInPath(shell.program) {
            try ChildProcess.replaceSelf(shell.program, shell.arguments + arguments, environment: shell.environment)
        }
        guard observed.runtime == .docker else {
            throw NexEnvError(
                .programMissing,
                "there is no `\(shell.program)` on this machine",
                hint: "`nexenv doctor`"
            )
        }
        let call = stack.runtime(.docker).command(
            in: observed,
            shell.program,
            shell.containerArguments + arguments,
            environment: shell.containerEnvironment,
            isInteractive: isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        )
        try ChildProcess.replaceSelf(call.program, call.arguments, environment: call.environment)
    }
}

/// A service or database that an argument names, found running.
struct Target {
    var server: RunningServer
    var observed: ObservedServer
    var database: String?

    /// Finds `service`, or `service.database`, or a database that only one service has.
    ///
    /// - Parameter pooled: Whether the server is wanted that pools the connections of the named one.
    /// - Throws: ``NexEnvError`` when there is no such thing, or it doesn't run.
    static func resolve(_ text: String, in stack: Stack, pooled: Bool = false) async throws -> Target {
        let (named, database) = try split(text, stack.environment)
        let service = pooled ? try pooler(of: named, stack.environment) : named
        let observation = try await stack.observe()
        guard let observed = observation[service.name], observed.state == .running else {
            throw notRunning(service, observation)
        }
        guard let server = stack.running(service, observed, try SecretStore(stack.project)) else {
            throw NexEnvError(
                .notFound,
                service.engine is any AddressedEngine ? "a password of it isn't made yet" : "it has no address",
                service: service.name,
                hint: service.engine is any AddressedEngine ? "`nexenv up` makes it" : "`nexenv ports` lists its ports"
            )
        }
        return Target(server: server, observed: observed, database: database)
    }

    /// The pooler of a service; a pooler is its own.
    private static func pooler(of service: Service, _ environment: NexEnv.Environment) throws -> Service {
        if service.engine is any PoolingEngine { return service }
        if let pooler = environment.pooler(of: service) { return pooler }
        let engines = EngineRegistry.all.filter(\.pools).map { "`engine: \($0.name)`" }.joined(separator: " or ")
        let hint = "a service with \(engines) and `server: \(service.name)` would be one"
        throw NexEnvError(.notFound, "it has no pooler", service: service.name, hint: hint)
    }

    static func notRunning(_ service: Service, _ observation: Observation) -> NexEnvError {
        NexEnvError(
            .notRunning,
            "it isn't running",
            service: service.name,
            hint: observation.problems.values.first?.message ?? "`nexenv up \(service.name)` starts it"
        )
    }

    static func split(_ text: String, _ environment: NexEnv.Environment) throws -> (Service, String?) {
        if let service = environment[text] { return (service, nil) }
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        let names = environment.services.map(\.name)
        guard parts.count == 2, let service = environment[parts[0]] else {
            let holders = environment.services.filter { databases(of: $0).contains(text) }
            if holders.count == 1 { return (holders[0], text) }
            let all =
                names
                + environment.services.flatMap { service in
                    environment.databaseNames(of: service).map { "\(service.name).\($0)" }
                }
            let near = Suggestion.nearest(to: text, among: environment.services.flatMap(databases))
            throw NexEnvError(
                .notFound,
                "there is no service or database `\(text)`",
                hint: near.map { "did you mean `\($0)`?" }
                    ?? Suggestion.hint(for: text, among: all, noun: "services and databases")
            )
        }
        let known = environment.databaseNames(of: service)
        guard known.contains(parts[1]) else {
            throw NexEnvError(
                .notFound,
                "`\(service.name)` has no database `\(parts[1])`",
                hint: Suggestion.hint(for: parts[1], among: known, noun: "databases")
            )
        }
        return (service, parts[1])
    }

    static func databases(of service: Service) -> [String] {
        (service.engine as? any DatabaseEngine)?.databaseNames ?? []
    }
}
