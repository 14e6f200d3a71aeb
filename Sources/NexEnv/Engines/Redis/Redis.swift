#if Redis
import RedisClient

/// Redis, with a name for each logical database.
package struct Redis: Engine {
    package static let name = "redis"
    package static let summary = "Redis: a password by ACL, a configuration file, names for its numbered databases."
    package static let defaultVersion = "8"

    /// Whether its databases stand in for others.
    var isStandIn = false

    /// The user that programs log in as; nothing for the default user.
    package var user: String?
    package var password: String?
    package var configuration: ResourcePath?
    package var settings: [Named<String>] = []
    package var databases: [Named<Int>] = []

    package var port: Int? { 6379 }

    package static let shape = Shape<Redis>(
        "a redis service",
        summary,
        defaults: Redis(),
        [
            Field("user", \.user, .objectName, "The user that logs in; the default user is switched off then."),
            Field("password", \.password, .password, "The password; made once and kept when left out."),
            Field(
                "config",
                \.configuration,
                .file,
                "A redis.conf; port, address, folder and users are added by nexenv."
            ),
            Field("settings", \.settings, .map(of: .text), "Settings as in redis.conf; they win over the file."),
            Field("databases", \.databases, .map(of: .integer(0...16_383)), "A name for each logical database."),
        ]
    )

    package func validate(_ service: ServiceOptions, at position: SourcePosition, _ context: DecodingContext) {
        var seen: [Int: Named<Int>] = [:]
        for database in databases {
            if let first = seen[database.value] {
                let related = Diagnostic.Related("`\(first.name)` is it already", at: first.position)
                let message = "two names for database \(database.value)"
                context.report(.invalidValue, message, at: database.position, related: [related])
            }
            seen[database.value] = database
        }
        if let user, user.contains(where: \.isWhitespace) {
            context.report(.invalidValue, "a Redis user can't contain spaces", at: position)
        }
        for setting in settings where setting.value.contains(where: \.isNewline) {
            context.report(.invalidValue, "a setting can't contain a line end", at: setting.position)
        }
    }

    package func accounts(_ service: Service) -> [Account] {
        [Account(user: login, declaredPassword: password)]
    }

    var login: String { user ?? "default" }

    // MARK: - Running

    package var configurationFiles: [ResourcePath] { configuration.map { [$0] } ?? [] }

    package func container(_ server: ServerContext) throws -> ContainerDescription {
        var container = ContainerDescription(image: server.service.options.image ?? "redis:\(server.version)")
        let included = configuration.map { _ in "/etc/nexenv/user.conf" }
        let generated = configurationText(server, included: included, folder: "/data", bind: "* -::*")
        container.files = [.init(path: "/run/nexenv/redis.conf", content: generated, owner: "redis")]
        container.arguments = ["redis-server", "/run/nexenv/redis.conf"]
        container.mounts = [.data(name: "", path: "/data")]
        if let configuration, let included {
            container.mounts.append(.bind(host: configuration.path, path: included, isReadOnly: true))
        }
        return container
    }

    private static let serverProgram = ProcessDescription.Program(
        name: "redis-server",
        folders: ["/opt/homebrew/opt/redis/bin", "/usr/local/opt/redis/bin"],
        package: "redis-server"
    )

    package static var program: ProcessDescription.Program? { serverProgram }

    package func process(_ server: ServerContext) throws -> ProcessDescription {
        typealias Placeholder = ProcessDescription.Placeholder
        var process = ProcessDescription(program: Self.serverProgram, version: server.version)
        let path = "\(Placeholder.configuration)/redis.conf"
        let text = configurationText(
            server,
            included: configuration?.path,
            folder: Placeholder.data,
            bind: server.service.bind
        )
        process.files = [.init(path: path, content: text)]
        process.arguments = [path]
        return process
    }

    /// Reads the time of a line such as `812:M 21 Nov 2026 02:35:19.358 * …`.
    package func logTime(of line: String) -> Double? {
        line.firstIndex(of: " ").flatMap {
            LogTime.parse(line[$0...].dropFirst(), format: "dd MMM yyyy HH:mm:ss", length: 20)
        }
    }

    /// The user's file, then what makes the server ours; in redis.conf the last line about something wins.
    private func configurationText(
        _ server: ServerContext,
        included: String?,
        folder: String,
        bind: String
    ) -> String {
        var lines: [String] = []
        if let included { lines.append("include \(quoted(included))") }
        lines += ["port \(server.port)", "bind \(bind)", "dir \(quoted(folder))", "daemonize no", "protected-mode no"]
        // A server that renames itself shows its port and address in `ps`; ours are told apart by their own command line.
        lines.append("set-proc-title no")
        if let highest = databases.map(\.value).max(), highest > 15 { lines.append("databases \(highest + 1)") }
        if server.service.durability == .none { lines += ["save \"\"", "appendonly no"] }
        lines += settings.map { "\($0.name) \($0.value)" }
        // The server is told the password's SHA-256, never the password (Redis ACL rules).
        let rule = "on #\(SHA256Digest.hex(of: server.passwords[login])) ~* &* +@all"
        lines.append("user \(quoted(login)) \(rule)")
        if user != nil, login != "default" { lines.append("user default off") }
        return lines.map { $0 + "\n" }.joined()
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    package func probe(_ server: RunningServer) async -> ProbeResult {
        var login = configuration(server)
        // It is asked again where that takes long.
        login.connectTimeout = .seconds(5)
        do {
            try await RedisConnection.withConnection(to: login) { connection in
                _ = try await connection.send(["PING"])
            }
            return .ready
        } catch let error as RedisError {
            switch error.code {
            case .authenticationFailed:
                return .failed(
                    NexEnvError(
                        .authenticationFailed,
                        "the server refuses the password",
                        service: server.service.name,
                        hint: "`nexenv restart \(server.service.name)` starts it with the password of today",
                        underlying: error
                    )
                )
            case .loading: return .notYet("loading its data")
            case .server: return .failed(NexEnvError(.serviceFailed, error.message, service: server.service.name))
            default: return .notYet("not answering yet")
            }
        } catch {
            return .notYet("\(error)")
        }
    }

    func configuration(_ server: RunningServer, database: Int = 0) -> RedisConfiguration {
        RedisConfiguration(
            host: server.endpoint.host,
            port: server.endpoint.port,
            username: user,
            password: server.passwords[login],
            database: database
        )
    }
}

extension Redis: DatabaseEngine {
    package var databaseNames: [String] { databases.map(\.name) }

    /// A logical database exists as soon as it is selected, so it is enough to see that each one can be.
    package func provision(_ server: RunningServer, _ progress: ProvisionProgress) async throws -> Provisioned {
        try await RedisConnection.withConnection(to: configuration(server)) { connection in
            // Refused while data is loaded; logging in and SELECT are not.
            _ = try await connection.send(["PING"])
            if !isStandIn { try await removeAbandoned(connection) }
            for database in databases {
                do {
                    try await connection.send(["SELECT", RedisArgument(database.value)])
                } catch let error as RedisError where error.code == .server {
                    throw NexEnvError(
                        .serviceFailed,
                        "the server has no database \(database.value): \(error.message)",
                        service: server.service.name,
                        database: database.name,
                        hint: "`settings: { databases: \(database.value + 1) }` gives it one"
                    )
                }
            }
        }
        return Provisioned()
    }

    package func missing(on server: RunningServer) async throws -> String? {
        do {
            _ = try await provision(server, ProvisionProgress { _ in })
            return nil
        } catch let error as NexEnvError {
            return error.message
        }
    }

    package func address(of database: String?, on server: RunningServer) -> DatabaseAddress? {
        let declared = database.flatMap { name in databases.first { $0.name == name } }
        if database != nil, declared == nil { return nil }
        return DatabaseAddress(
            scheme: "redis",
            endpoint: server.endpoint,
            // Without a name redis-cli would log in as a user without one.
            user: login,
            password: server.passwords[login],
            database: "\(declared?.value ?? 0)"
        )
    }
}

extension Redis: ShellEngine {
    package func shell(at address: DatabaseAddress, insidePort: Int, command: String?) -> ShellCommand? {
        guard let number = address.database else { return nil }
        let password = ["REDISCLI_AUTH": address.password ?? ""]
        let who = (user.map { ["--user", $0] } ?? []) + ["-n", number]
        let once = command.flatMap(CommandWords.split) ?? []
        return ShellCommand(
            program: "redis-cli",
            arguments: ["-h", address.endpoint.host, "-p", "\(address.endpoint.port)"] + who + once,
            containerArguments: ["-p", "\(insidePort)"] + who + once,
            environment: password,
            containerEnvironment: password
        )
    }
}
#endif
