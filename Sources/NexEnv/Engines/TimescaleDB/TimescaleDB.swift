/// TimescaleDB: PostgreSQL with hypertables.
///
/// Everything is PostgreSQL's but the image, the extension and some settings.
package struct TimescaleDB: MigratableEngine, ShellEngine {
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

    package func shell(at address: DatabaseAddress, insidePort: Int, command: String?) -> ShellCommand? {
        postgres.shell(at: address, insidePort: insidePort, command: command)
    }

    // MARK: - Migrations

    package static let migrationFormat = Postgres.migrationFormat
    package var migrationFolders: [Named<ResourcePath>] { postgres.migrationFolders }

    package func withMigrationSession<Value: Sendable>(
        in database: String,
        on server: RunningServer,
        purpose: String,
        _ report: @escaping @Sendable (MigrationEvent) -> Void,
        _ body: @Sendable (PostgresMigrationSession) async throws -> Value
    ) async throws -> Value {
        try await postgres.withMigrationSession(in: database, on: server, purpose: purpose, report, body)
    }

    package func withScratchSession<Value: Sendable>(
        like database: String,
        on server: RunningServer,
        _ report: @escaping @Sendable (MigrationEvent) -> Void,
        _ body: @Sendable (PostgresMigrationSession) async throws -> Value
    ) async throws -> Value {
        try await postgres.withScratchSession(like: database, on: server, report, body)
    }
}

extension TimescaleDB: LeasableEngine {
    package static let rollsBack = Postgres.rollsBack

    package var forTests: TimescaleDB {
        var engine = self
        engine.postgres = postgres.forTests
        // A scheduler for each copy would starve the server; a test runs a job with `CALL run_job(…)`.
        engine.postgres.flavor.settings.removeAll { $0.name == "timescaledb.max_background_workers" }
        engine.postgres.flavor.settings.append(("timescaledb.max_background_workers", "0"))
        return engine
    }

    package func leaseInputs(of database: String?) -> (files: [ResourcePath], folders: [ResourcePath], words: String) {
        postgres.leaseInputs(of: database)
    }

    package func leaseSource(of database: String?, digest: String, on server: RunningServer) async throws -> LeaseSource
    {
        var source = try await postgres.leaseSource(of: database, digest: digest, on: server)
        source.engine = Self.name
        return source
    }

    package func hasTemplate(_ source: LeaseSource, folder: String, on server: RunningServer) async throws -> Bool {
        try await postgres.hasTemplate(source, folder: folder, on: server)
    }

    package func copy(
        _ template: LeaseName,
        into replacement: any DatabaseReplacement,
        on server: RunningServer
    ) async throws -> Bool { try await postgres.copy(template, into: replacement, on: server) }

    package func seal(
        _ replacement: any DatabaseReplacement,
        as source: LeaseSource,
        folder: String,
        on server: RunningServer
    ) async throws {
        try await postgres.seal(replacement, as: source, folder: folder, on: server)
    }

    package func leaseNames(on server: RunningServer) async throws -> [LeaseName] {
        try await postgres.leaseNames(on: server)
    }

    package func remove(_ name: LeaseName, on server: RunningServer) async throws {
        try await postgres.remove(name, on: server)
    }

    package static func keeper(of source: LeaseSource, folder: String) throws -> any SlotKeeper {
        try Postgres.keeper(of: source, folder: folder)
    }

    package func replacement(for database: String?, on server: RunningServer) async throws -> any DatabaseReplacement {
        try await postgres.replacement(for: database, on: server)
    }

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
