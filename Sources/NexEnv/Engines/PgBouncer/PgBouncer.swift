/// PgBouncer: many clients share a few connections to a PostgreSQL server.
package struct PgBouncer: PoolingEngine {
    package static let name = "pgbouncer"
    package static let summary = "PgBouncer: many clients share a few connections to a PostgreSQL service."
    package static let defaultVersion = "1.24.1-p1"

    /// When a connection to the server goes back to the pool.
    package enum PoolMode: String, Sendable, CaseIterable {
        /// When the client leaves.
        case session
        /// When the transaction ends.
        case transaction
        /// When the statement ends; transactions of several statements are refused.
        case statement
    }

    package var server: Named<String>?
    package var poolMode = PoolMode.transaction

    /// Connections for each pair of user and database.
    package var poolSize = 20
    package var maximumClients = 100
    package var settings: [Named<String>] = []

    package var port: Int? { 6432 }

    package static let shape = Shape<PgBouncer>(
        "a pgbouncer service",
        summary,
        defaults: PgBouncer(),
        [
            Field(
                "server",
                \.server,
                .peer,
                isRequired: true,
                "The postgres or timescaledb service that it stands in front of."
            ),
            Field(
                "pool_mode",
                \.poolMode,
                .choice,
                "When a connection to the server goes to the next client: after a `session`, `transaction` or `statement`."
            ),
            Field(
                "default_pool_size",
                \.poolSize,
                .integer(1...10_000),
                "How many connections to the server each pair of user and database gets."
            ),
            Field("max_client_conn", \.maximumClients, .integer(1...100_000), "How many clients may be connected."),
            Field("settings", \.settings, .map(of: .text), "Further settings, as in pgbouncer.ini."),
        ]
    )

    package func validate(_ service: ServiceOptions, at position: SourcePosition, _ context: DecodingContext) {
        for setting in settings {
            if setting.name.isEmpty || !setting.name.utf8.allSatisfy(Self.isNameByte) {
                context.report(.invalidValue, "`\(setting.name)` is no setting of PgBouncer", at: setting.position)
            } else if Self.shape.names.contains(setting.name) {
                context.report(
                    .invalidValue,
                    "`\(setting.name)` is a key of the service itself",
                    at: setting.position,
                    hint: "write it beside `settings`"
                )
            } else if Self.ownSettings.contains(setting.name) {
                context.report(
                    .invalidValue,
                    "`\(setting.name)` is set by nexenv",
                    at: setting.position,
                    hint: "leave it out; `bind` and `port` say where the server listens"
                )
            }
            if setting.value.contains(where: \.isNewline) {
                context.report(.invalidValue, "a setting can't contain a line end", at: setting.position)
            }
        }
    }

    package func problem(withPeer service: Service) -> String? { Postgres.problem(with: service) }

    /// What says where the server listens, who logs in and where its files are.
    private static let ownSettings: Set<String> = [
        "listen_addr", "listen_port", "unix_socket_dir", "auth_type", "auth_file", "auth_user", "auth_query",
        "auth_dbname",
        "admin_users", "user", "logfile", "pidfile", "service_name", "conffile",
    ]

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension ValueShape<Named<String>> {
    /// The name of another service.
    static var peer: ValueShape<Named<String>> {
        ValueShape<String>.text.map { text, node, _ in Named(name: text, position: node.position, value: text) }
    }
}
