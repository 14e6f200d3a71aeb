import ArgumentParser
import NexEnv

/// `nexenv migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Run the files that change databases, each once, and see what has run.",
        subcommands: [Up.self, Down.self, Status.self, History.self, Verify.self, New.self]
    )
}

/// A part of `nexenv migrate`.
protocol MigrationCommand: FileCommand {}

extension MigrationCommand {
    /// The databases that the arguments name; all that have migrations when none is named.
    ///
    /// - Throws: ``NexEnvError`` for a name that there is nothing of, or that has no migrations.
    func targets(_ names: [String], in stack: Stack) throws -> [MigrationTarget] {
        guard !names.isEmpty else {
            let all = try selection().services(of: stack.environment).flatMap(MigrationTarget.all)
            guard all.isEmpty else { return all }
            throw NexEnvError(
                .notFound,
                "no database here has migrations",
                hint: "`migrations: FOLDER` under a database says where they are"
            )
        }
        var wanted: [MigrationTarget] = []
        for name in names {
            let (service, database) = try Target.split(name, stack.environment)
            let found = MigrationTarget.all(of: service).filter { database == nil || $0.folder.name == database }
            guard !found.isEmpty else {
                throw NexEnvError(
                    .notFound,
                    "`\(name)` has no migrations",
                    hint: "`migrations: FOLDER` under a database says where they are"
                )
            }
            wanted += found.filter { target in !wanted.contains { $0.name == target.name } }
        }
        return wanted
    }

    /// The one database that is meant: the only one that has migrations, or the one that is named.
    func onlyTarget(_ name: String?, in stack: Stack) throws -> MigrationTarget {
        let all = try targets(name.map { [$0] } ?? [], in: stack)
        if let target = all.first, all.count == 1 { return target }
        let names = all.map { "`\($0.name)`" }.joined(separator: ", ")
        throw NexEnvError(.notFound, "several databases have migrations: \(names)", hint: "say which: --database NAME")
    }

    /// Returns the servers of databases.
    ///
    /// - Throws: ``NexEnvError`` for the first one that doesn't run.
    func running(_ targets: [MigrationTarget], in stack: Stack) async throws -> [(MigrationTarget, RunningServer)] {
        let observation = try await stack.observe()
        let secrets = try SecretStore(stack.project)
        return try targets.map { target in
            let server = observation[target.service.name].flatMap { observed in
                observed.state == .running ? stack.running(target.service, observed, secrets) : nil
            }
            guard let server else { throw Target.notRunning(target.service, observation) }
            return (target, server)
        }
    }

    /// Reads a duration that an option has.
    func duration(_ text: String) throws -> Duration {
        guard let duration = Duration(text: text) else {
            throw ValidationError("`\(text)` is not a duration: 30s, 2m")
        }
        return duration
    }
}

/// Which databases are meant.
struct TargetsArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Services or service.database; all when none is named.", valueName: "target"),
        completion: .databases
    )
    var targets: [String] = []
}

/// Which database is meant, where only one can be.
struct DatabaseOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The database, where several have migrations.", valueName: "service.database"),
        completion: .databases
    )
    var database: String?
}

/// How long to wait for somebody else who migrates.
struct LockTimeoutOption: ParsableArguments {
    @Option(
        name: .customLong("lock-timeout"),
        help: ArgumentHelp("How long to wait for somebody else who migrates.", valueName: "duration")
    )
    var lockTimeout = "30s"
}
