import Foundation

/// How a PostgreSQL server runs.
extension Postgres {
    /// The folder of the data in the image, which moved in 18 (docker-library/postgres#1259).
    static func dataPath(majorVersion: Int) -> String {
        majorVersion >= 18 ? "/var/lib/postgresql" : "/var/lib/postgresql/data"
    }

    /// The server's major version; a version that doesn't start with a number counts as the default one.
    func majorVersion(_ version: String) -> Int {
        let server = flavor.serverVersion(version)
        return Int(server.prefix { $0.isNumber }) ?? Int(Self.defaultVersion) ?? 17
    }

    package var configurationFiles: [ResourcePath] { configuration.map { [$0] } ?? [] }

    package func container(_ server: ServerContext) throws -> ContainerDescription {
        var container = ContainerDescription(image: server.service.options.image ?? "\(flavor.image):\(server.version)")
        container.arguments =
            ["postgres"] + settingArguments(server, listen: "*", configurationPath: Self.configurationPath)
        container.environment = [
            .init("POSTGRES_USER", user),
            .init("POSTGRES_PASSWORD", server.passwords[user]),
            // The databases are made by us, over the wire: the image's own scripts run on a temporary server, which takes longer.
            .init("POSTGRES_DB", Self.maintenanceDatabase),
        ]
        // As for native servers: syncing files that nobody has put anything in yet takes longer than making them.
        if server.service.durability != .full {
            container.environment.append(.init("POSTGRES_INITDB_ARGS", "--no-sync"))
        }
        let data = Self.dataPath(majorVersion: majorVersion(server.version))
        // `initdb` wants an empty folder; the volume itself also holds the note that it is being filled.
        if majorVersion(server.version) < 18 { container.environment.append(.init("PGDATA", "\(data)/pgdata")) }
        if isForTests { container.environment.append(.init("POSTGRES_HOST_AUTH_METHOD", Self.testAuthentication)) }
        if server.service.options.image == nil { container.initialization = Self.initialization(data) }
        container.environment += flavor.variables.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
        container.mounts = [.data(name: "", path: data)]
        if let configuration {
            container.mounts.append(.bind(host: configuration.path, path: Self.configurationPath, isReadOnly: true))
        }
        // Docker's 64 MB of shared memory stop parallel queries: "could not resize shared memory segment".
        container.sharedMemoryBytes = 256 << 20
        container.stopSignal = "SIGINT"
        return container
    }

    /// The official image takes a folder in which `initdb` has begun for a whole one, and runs the files of this folder at the end.
    private static func initialization(_ folder: String) -> ContainerDescription.Initialization {
        .init(folder: folder, hookPath: "/docker-entrypoint-initdb.d/nexenv.sh", user: "postgres")
    }

    /// A password as it is, which has to be hashed by nobody but the server; it goes over loopback only.
    private static let testAuthentication = "password"

    static let serverProgram = ProcessDescription.Program(
        name: "postgres",
        folders: [
            "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin",
            "/usr/local/opt/postgresql@*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin",
        ],
        package: "postgresql"
    )

    package static var program: ProcessDescription.Program? { serverProgram }

    package func process(_ server: ServerContext) throws -> ProcessDescription {
        typealias Placeholder = ProcessDescription.Placeholder
        let major = majorVersion(server.version)
        var process = ProcessDescription(program: Self.serverProgram, version: "\(major)")
        let password = "\(Placeholder.configuration)/initial-password"
        process.arguments =
            ["-D", Placeholder.data, "-p", "\(server.port)", "-c", "unix_socket_directories="]
            + settingArguments(server, listen: server.service.bind, configurationPath: configuration?.path ?? "")
        var arguments = [
            "-D", Placeholder.data, "-U", user, "--pwfile", password,
            "--auth", isForTests ? Self.testAuthentication : "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8",
        ]
        if server.service.durability != .full { arguments.append("--no-sync") }
        process.preparation = .init(
            program: "initdb",
            arguments: arguments,
            marker: "PG_VERSION",
            files: [.init(path: password, content: server.passwords[user] + "\n")]
        )
        process.dataVersionFile = "PG_VERSION"
        process.lockFile = "postmaster.pid"
        // Fast shutdown: running statements end, no client is waited for.
        process.stopSignal = .interrupt
        // Immediate shutdown: no checkpoint, but its shared memory goes, of which the machine has a limited number.
        process.discardSignal = .quit
        process.unprivilegedUser = "postgres"
        return process
    }

    /// `2026-11-21 02:35:20.385 UTC [27507] LOG:  …`, as `log_line_prefix` has it unless the user says otherwise.
    package func logTime(of line: String) -> Double? { LogTime.parse(line, format: "yyyy-MM-dd HH:mm:ss", length: 19) }

    /// The database that always exists, where server-wide work is done.
    static let maintenanceDatabase = "postgres"

    private static let configurationPath = "/etc/nexenv/postgresql.conf"

    /// The settings as `-c NAME=VALUE`; these win over any configuration file, so ours only stand where the file is silent.
    private func settingArguments(_ server: ServerContext, listen: String, configurationPath: String) -> [String] {
        var settings: [(name: String, value: String)] = []
        var fromFile: Set<String> = []
        if let configuration {
            settings.append(("config_file", configurationPath))
            fromFile = PostgresConfigurationFile.names(in: configuration)
        }
        settings.append(("listen_addresses", listen))
        let ours =
            flavor.settings + durabilitySettings(server.service.durability) + (isForTests ? Self.testSettings : [])
        for setting in ours
        where !fromFile.contains(setting.name.lowercased()) {
            settings.append(setting)
        }
        for setting in self.settings { settings.append((setting.name, setting.value)) }
        if !flavor.preloadedLibraries.isEmpty { preload(&settings, configuration) }
        return settings.flatMap { ["-c", "\($0.name)=\($0.value)"] }
    }

    /// Nothing of a test's database lives long enough to be cleaned up behind its back.
    private static let testSettings = [(name: "autovacuum", value: "off")]

    private func durabilitySettings(_ durability: Durability) -> [(name: String, value: String)] {
        switch durability {
        case .full: []
        case .relaxed: [("synchronous_commit", "off")]
        case .none: [("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off")]
        }
    }

    /// Puts the flavor's libraries before those that the user preloads.
    private func preload(_ settings: inout [(name: String, value: String)], _ configuration: ResourcePath?) {
        let name = "shared_preload_libraries"
        let wanted =
            settings.last { $0.name == name }?.value
            ?? configuration.flatMap {
                PostgresConfigurationFile.value(of: name, in: $0)
            }
        let others = (wanted ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " '"))
        }
        let all = flavor.preloadedLibraries + others.filter { !$0.isEmpty && !flavor.preloadedLibraries.contains($0) }
        settings.removeAll { $0.name == name }
        settings.append((name, all.joined(separator: ",")))
    }
}
