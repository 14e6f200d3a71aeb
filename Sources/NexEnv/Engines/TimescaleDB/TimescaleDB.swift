/// TimescaleDB: PostgreSQL with hypertables.
///
/// Everything is PostgreSQL's but the image, the extension and some settings.
package struct TimescaleDB: DatabaseEngine, ShellEngine {
    package static let name = "timescaledb"
    package static let summary = "TimescaleDB: PostgreSQL with hypertables; every database has the extension."
    package static let defaultVersion = "latest-pg17"
    package static let shape = Shape<TimescaleDB>(
        "a timescaledb service",
        summary,
        defaults: TimescaleDB(),
        Postgres.shape.fields.map { $0.lifted(\.postgres) }
    )

    package var postgres: Postgres = {
        var postgres = Postgres()
        postgres.flavor = .timescale
        return postgres
    }()

    package static var program: ProcessDescription.Program? { Postgres.serverProgram }
    package var port: Int? { postgres.port }
    package var startUp: Duration { postgres.startUp }
    package var databaseNames: [String] { postgres.databaseNames }

    package func validate(_ service: ServiceOptions, at position: SourcePosition, _ context: DecodingContext) {
        postgres.validate(service, at: position, context)
    }

    package func checkFiles(_ context: DecodingContext) { postgres.checkFiles(context) }

    package func accounts(_ service: Service) -> [Account] { postgres.accounts(service) }

    package func container(_ server: ServerContext) throws -> ContainerDescription { try postgres.container(server) }

    package func process(_ server: ServerContext) throws -> ProcessDescription {
        var description = try postgres.process(server)
        let control = "extension/timescaledb.control"
        typealias Placeholder = ProcessDescription.Placeholder
        description.requirements.append(
            ProcessDescription.Requirement(
                candidates: [
                    "/usr/share/postgresql/\(Placeholder.version)/\(control)",
                    "\(Placeholder.programs)/../share/postgresql/\(control)",
                    "\(Placeholder.programs)/../share/\(control)",
                    "\(Placeholder.programs)/../share/postgresql@\(Placeholder.version)/\(control)",
                ],
                message: "PostgreSQL here has no TimescaleDB extension",
                hint: "install it for this PostgreSQL (Debian 13: postgresql-17-timescaledb), or use Docker"
            )
        )
        return description
    }

    package func logTime(of line: String) -> Double? { postgres.logTime(of: line) }

    package func probe(_ server: RunningServer) async -> ProbeResult { await postgres.probe(server) }

    package func provision(_ server: RunningServer, _ progress: ProvisionProgress) async throws -> Provisioned {
        try await postgres.provision(server, progress)
    }

    package func missing(on server: RunningServer) async throws -> String? { try await postgres.missing(on: server) }

    package var configurationFiles: [ResourcePath] { postgres.configurationFiles }

    package func address(of database: String?, on server: RunningServer) -> DatabaseAddress? {
        postgres.address(of: database, on: server)
    }

    package func shell(for database: String?, command: String?, on server: RunningServer) -> ShellCommand? {
        postgres.shell(for: database, command: command, on: server)
    }
}

extension TimescaleDB: SeedableEngine {
    package func problem(with set: SeedSet) -> SeedProblem? { postgres.problem(with: set) }

    package func examine(
        _ targets: [SeedTarget],
        of database: String?,
        on server: RunningServer
    ) async throws -> [SeedTarget: SeedTargetState] {
        try await postgres.examine(targets, of: database, on: server)
    }

    package func load(
        _ sets: [SeedLoad],
        into database: String?,
        on server: RunningServer,
        _ options: SeedOptions
    ) async throws -> [SeedOutcome] {
        try await postgres.load(sets, into: database, on: server, options)
    }
}
