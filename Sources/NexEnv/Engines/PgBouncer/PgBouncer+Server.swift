import PostgresClient

/// How PgBouncer runs, and when it is usable.
extension PgBouncer {
    private static let serverProgram = ProcessDescription.Program(
        name: "pgbouncer",
        folders: ["/usr/sbin", "/opt/homebrew/opt/pgbouncer/bin", "/usr/local/opt/pgbouncer/bin"],
        package: "pgbouncer"
    )

    package static var program: ProcessDescription.Program? { serverProgram }

    package func container(_ server: ServerContext) throws -> ContainerDescription {
        // The program itself and not the image's entrypoint, which would make a configuration of variables: so any image does
        // that has the program and a user for it.
        var container = ContainerDescription(
            image: server.service.options.image ?? "edoburu/pgbouncer:v\(server.version)",
            entrypoint: ["pgbouncer"]
        )
        let folder = "/tmp/nexenv"
        container.arguments = ["\(folder)/pgbouncer.ini"]
        container.files = try files(server, in: folder, listen: "*").map { .init(path: $0.path, content: $0.content) }
        // At once: since 1.23 the usual signal waits until the last client has left.
        container.stopSignal = "SIGQUIT"
        return container
    }

    package func process(_ server: ServerContext) throws -> ProcessDescription {
        let release = server.version.prefix { $0 != "-" }
        var process = ProcessDescription(program: Self.serverProgram, version: String(release))
        let folder = ProcessDescription.Placeholder.configuration
        process.arguments = ["\(folder)/pgbouncer.ini"]
        process.files = try files(server, in: folder, listen: server.service.bind)
        process.stopSignal = .quit
        // It refuses to run as root; Debian's package runs it as this user.
        process.unprivilegedUser = "postgres"
        return process
    }

    /// The configuration, and the passwords that it names.
    private func files(
        _ server: ServerContext,
        in folder: String,
        listen: String
    ) throws -> [ProcessDescription.File] {
        guard let name = self.server?.name, let peer = server.peers[name] else {
            throw NexEnvError(
                .serviceFailed,
                "`\(self.server?.name ?? "")` has no address that others can use",
                service: server.service.name
            )
        }
        let passwords = "\(folder)/users.txt"
        return [
            .init(
                path: "\(folder)/pgbouncer.ini",
                content: configuration(server, peer, listen: listen, passwords: passwords)
            ),
            // It keeps what it has read when the file goes.
            .init(path: passwords, content: passwordList(peer), isForStartOnly: true),
        ]
    }

    private func configuration(_ server: ServerContext, _ peer: Peer, listen: String, passwords: String) -> String {
        let administrator = Self.administrator(of: peer.service)
        var lines = [
            // Whatever databases the server has, those that it gets later included.
            "[databases]", "* = host=\(peer.endpoint.host) port=\(peer.endpoint.port)",
            "[pgbouncer]", "listen_addr = \(listen)", "listen_port = \(server.port)", "unix_socket_dir =",
            "auth_type = scram-sha-256", "auth_file = \(passwords)",
            // Roles that SQL has made; their verifiers are the server's own, so they log in there as well.
            "auth_user = \(administrator)",
            "auth_query = SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1",
            "admin_users = \(administrator)", "pool_mode = \(poolMode.rawValue)", "default_pool_size = \(poolSize)",
            "max_client_conn = \(maximumClients)",
        ]
        let given = Set(settings.map(\.name))
        for setting in Self.defaultSettings where !given.contains(setting.name) {
            lines.append("\(setting.name) = \(setting.value)")
        }
        lines += settings.map { "\($0.name) = \($0.value)" }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What differs from PgBouncer's own values, unless the file says otherwise.
    private static let defaultSettings: [(name: String, value: String)] = [
        // A server that was replaced has another address, and is there again within a second.
        ("server_login_retry", "1"), ("dns_max_ttl", "1"), ("dns_nxdomain_ttl", "1"),
        // What drivers send when they log in, and would be refused for; `options` by releases before 1.20 alone.
        ("ignore_startup_parameters", "extra_float_digits,options"),
    ]

    /// The accounts of the server as PgBouncer's auth_file has them; a quote is doubled.
    private func passwordList(_ peer: Peer) -> String {
        func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
        return peer.service.engine.accounts(peer.service)
            .map { "\(quoted($0.user)) \(quoted(peer.passwords[$0.user]))\n" }
            .joined()
    }

    /// The superuser of the server behind.
    static func administrator(of service: Service) -> String {
        (service.engine as? any PostgresKind)?.postgres.user ?? Postgres.maintenanceDatabase
    }

    /// `2026-11-21 17:41:03.512 UTC [812] LOG …`.
    package func logTime(of line: String) -> Double? { LogTime.parse(line, format: "yyyy-MM-dd HH:mm:ss", length: 19) }

    /// Asks the server behind something: the pooler takes clients before that one does.
    package func probe(_ server: RunningServer) async -> ProbeResult {
        guard let address = pooledAddress(of: nil, on: server) else { return .notYet("its server has no password yet") }
        var configuration = PostgresConfiguration(address)
        configuration.connectTimeout = .seconds(5)
        configuration.silenceTimeout = .seconds(5)
        do {
            try await PostgresConnection.withConnection(to: configuration) { _ = try await $0.query("SELECT 1") }
            return .ready
        } catch let error as PostgresError {
            switch error.code {
            case .authenticationFailed:
                return .failed(
                    NexEnvError(
                        .authenticationFailed,
                        "the pooler, or the server behind it, refuses the password",
                        service: server.service.name,
                        hint: "`nexenv restart \(server.service.name)` starts it with the password of today",
                        underlying: error
                    )
                )
            case .unreachable, .timedOut, .connectionLost: return .notYet("not answering yet")
            default: return .notYet(error.message)
            }
        } catch {
            return .notYet("\(error)")
        }
    }
}
