import TextTesting
import Testing

@testable import NexEnv

@Suite struct PgBouncerTests {
    private static let yaml = """
        services:
          pg: {engine: postgres, user: boss, databases: {app: {owner: app_owner}, plain: {}}}
          pooler:
            engine: pgbouncer
            server: pg
            pool_mode: session
            default_pool_size: 5
            max_client_conn: 300
            settings: {query_wait_timeout: 10, server_login_retry: 7}
          other: {engine: postgres}
        """

    private static let passwords = Passwords(["boss": "b\"o:s s", "app_owner": "a@p", "postgres": "p"])

    private func environment(_ yaml: String = yaml) throws -> NexEnv.Environment {
        try ScratchEnvironment(yaml).load()
    }

    private func context(_ environment: NexEnv.Environment) throws -> ServerContext {
        let peers = environment.services.map {
            let endpoint = Endpoint(host: $0.name, port: $0.engine.port ?? 0)
            return ($0.name, Peer(service: $0, endpoint: endpoint, passwords: Self.passwords))
        }
        let service = try #require(environment["pooler"])
        return ServerContext(
            project: ProjectIdentity(name: "shop", root: "/"),
            service: service,
            passwords: Passwords(),
            peers: Dictionary(uniqueKeysWithValues: peers),
            port: 6_432,
            version: PgBouncer.defaultVersion
        )
    }

    private func server(_ environment: NexEnv.Environment) throws -> RunningServer {
        let service = try #require(environment["pooler"])
        var server = RunningServer(
            project: ProjectIdentity(name: "shop", root: "/"),
            service: service,
            passwords: Passwords(),
            endpoint: Endpoint(host: "127.0.0.1", port: 6_432),
            internalEndpoint: Endpoint(host: "pooler", port: 6_432)
        )
        server.backend = environment.server(behind: service).map { Backend(service: $0, passwords: Self.passwords) }
        return server
    }

    // MARK: - Running

    @Test func `the configuration in a container, and the passwords beside it`() throws {
        let context = try context(environment())
        let container = try context.service.engine.container(context)
        #expect(container.image == "edoburu/pgbouncer:v1.24.1-p1")
        #expect(container.entrypoint + container.arguments == ["pgbouncer", "/tmp/nexenv/pgbouncer.ini"])
        #expect(container.stopSignal == "SIGQUIT")
        #expect(container.mounts.isEmpty && container.environment.isEmpty)
        let files = Dictionary(uniqueKeysWithValues: container.files.map { ($0.path, $0.content) })
        #expect(files.count == 2)
        try Golden().expect(files["/tmp/nexenv/pgbouncer.ini"] ?? "", "pgbouncer.ini")
        let accounts = "\"boss\" \"b\"\"o:s s\"\n\"app_owner\" \"a@p\"\n"
        #expect(files["/tmp/nexenv/users.txt"] == accounts)
    }

    @Test func `natively the passwords lie there for the start alone`() throws {
        let context = try context(environment())
        let process = try context.service.engine.process(context)
        #expect(process.version == "1.24.1")
        #expect(process.unprivilegedUser == "postgres")
        #expect(process.files.map(\.isForStartOnly) == [false, true])
        let text = process.files[0].content
        #expect(text.contains("listen_addr = 127.0.0.1\n"))
        for secret in ["b\"", "a@p"] { #expect(!text.contains(secret)) }
        #expect(!process.arguments.joined().contains("a@p"))
    }

    @Test func `it waits for its server, whatever else it waits for`() throws {
        func dependencies(_ more: String) throws -> [Dependency] {
            let yaml = Self.yaml.replacing("server: pg\n", with: "server: pg\n    \(more)\n")
            return try environment(yaml)["pooler"]?.options.dependencies ?? []
        }
        #expect(try dependencies("required: true").map { "\($0.service) \($0.condition)" } == ["pg healthy"])
        let both = try dependencies("depends_on: [other]")
        #expect(both.map { "\($0.service) \($0.condition)" } == ["other started", "pg healthy"])
        let said = try dependencies("depends_on: [pg]")
        #expect(said.map { "\($0.service) \($0.condition)" } == ["pg started"])
    }

    // MARK: - Addresses

    @Test func `a database has the address of its owner by way of the pooler`() throws {
        let server = try server(environment())
        let engine = try #require(server.service.engine as? PgBouncer)
        #expect(
            engine.address(of: "app", on: server)?.url == "postgresql://app_owner:a%40p@127.0.0.1:6432/app"
        )
        #expect(
            engine.pooledAddress(of: nil, on: server)?.url
                == "postgresql://boss:b%22o%3As%20s@127.0.0.1:6432/postgres"
        )
        #expect(
            engine.address(of: nil, on: server)?.url == "postgresql://boss:b%22o%3As%20s@127.0.0.1:6432/pgbouncer"
        )
        #expect(engine.address(of: "nobody", on: server) == nil)
        var alone = server
        alone.backend = nil
        #expect(engine.address(of: "app", on: alone) == nil)
    }

    @Test func `variables`() throws {
        let found = AddressVariables.of(try server(environment()))
        #expect(
            found.map(\.name) == [
                "POOLER_URL", "POOLER_HOST", "POOLER_PORT", "POOLER_USER", "POOLER_PASSWORD", "PG_POOLED_URL",
                "PG_APP_POOLED_URL", "PG_PLAIN_POOLED_URL",
            ]
        )
        #expect(
            found.first { $0.name == "PG_APP_POOLED_URL" }?.value
                == "postgresql://app_owner:a%40p@127.0.0.1:6432/app"
        )
        #expect(
            AddressVariables.names(of: try #require(environment()["pooler"]), in: try environment()) == [
                "POOLER_URL", "PG_POOLED_URL", "PG_APP_POOLED_URL", "PG_PLAIN_POOLED_URL",
            ]
        )
    }

    @Test func `a container finds a database by way of the pooler`() throws {
        let yaml = Self.yaml + "\n  app: {image: x, environment: {DB: \"${url:pooler.app}\"}}"
        let peers = try context(environment(yaml)).peers
        let url = try LateReference.resolve("${url:pooler.app}", peers: peers)
        #expect(url == "postgresql://app_owner:a%40p@pooler:6432/app")
        let missing = try ScratchEnvironment(yaml.replacing("pooler.app}", with: "pooler.nobody}")).problems()
        #expect(missing.map(\.message) == ["`pooler` has no database `nobody`"])
    }

    @Test func `who pools whom`() throws {
        let environment = try environment()
        let services = environment.services
        #expect(services.map { environment.pooler(of: $0)?.name } == ["pooler", nil, nil])
        #expect(services.map { environment.server(behind: $0)?.name } == [nil, "pg", nil])
        #expect(services.map { environment.databaseNames(of: $0) } == [["app", "plain"], ["app", "plain"], []])
    }

    // MARK: - Mistakes

    struct Mistake: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var yaml: String
        var problem: ExpectedProblem

        init(_ name: String, _ yaml: String, _ problem: ExpectedProblem) {
            testDescription = name
            self.yaml =
                "services:\n  pg: {engine: postgres, databases: {a: {}, a-pooled: {}}}\n  r: {engine: redis}\n\(yaml)"
            self.problem = problem
        }
    }

    @Test(arguments: [
        Mistake(
            "no server",
            "  1️⃣p: {engine: pgbouncer}",
            .init("1️⃣", .missingKey, "a pgbouncer service needs `server`", hint: "stands in front of")
        ),
        Mistake(
            "a server that isn't there, said once",
            "  p: {engine: pgbouncer, server: 1️⃣pgg}",
            .init("1️⃣", .unknownService, "there is no service `pgg`", hint: "`pg`")
        ),
        Mistake(
            "a server of another kind",
            "  p: {engine: pgbouncer, server: 1️⃣r}",
            .init("1️⃣", .invalidValue, "`r` is no PostgreSQL server")
        ),
        Mistake(
            "itself",
            "  p: {engine: pgbouncer, server: 1️⃣q}\n  q: {engine: pgbouncer, server: pg}",
            .init("1️⃣", .invalidValue, "`q` is no PostgreSQL server")
        ),
        Mistake(
            "two in front of one",
            "  p: {engine: pgbouncer, server: pg}\n  1️⃣q: {engine: pgbouncer, server: pg}",
            .init("1️⃣", .invalidValue, "`pg` has a pooler already: `p`", hint: "goes to `pg` itself")
        ),
        Mistake(
            "another mode",
            "  p: {engine: pgbouncer, server: pg, pool_mode: 1️⃣transactions}",
            .init("1️⃣", .invalidValue, "expected one of `session`, `transaction`, `statement`", hint: "`transaction`")
        ),
        Mistake(
            "a pool of nothing",
            "  p: {engine: pgbouncer, server: pg, default_pool_size: 1️⃣0}",
            .init("1️⃣", .invalidValue, "0 is not between 1 and 10000")
        ),
        Mistake(
            "a setting that is a key",
            "  p: {engine: pgbouncer, server: pg, settings: {1️⃣pool_mode: session}}",
            .init("1️⃣", .invalidValue, "`pool_mode` is a key of the service itself", hint: "beside `settings`")
        ),
        Mistake(
            "a setting that is ours",
            "  p: {engine: pgbouncer, server: pg, settings: {1️⃣auth_type: trust}}",
            .init("1️⃣", .invalidValue, "`auth_type` is set by nexenv", hint: "leave it out")
        ),
        Mistake(
            "a setting that is another section",
            "  p: {engine: pgbouncer, server: pg, settings: {1️⃣\"[users]\": x}}",
            .init("1️⃣", .invalidValue, "`[users]` is no setting of PgBouncer")
        ),
        Mistake(
            "a setting of two lines",
            "  p: {engine: pgbouncer, server: pg, settings: {1️⃣server_reset_query: \"a\\nauth_type = trust\"}}",
            .init("1️⃣", .invalidValue, "a setting can't contain a line end")
        ),
        Mistake(
            "pgAdmin with a server of another kind",
            "  p: {engine: pgadmin, servers: [pg, 1️⃣r]}",
            .init("1️⃣", .invalidValue, "`r` is no PostgreSQL server")
        ),
        Mistake(
            "a database whose address has the name of a pooled one",
            "  1️⃣p: {engine: pgbouncer, server: pg}",
            .init("1️⃣", .invalidValue, "would both have their address in `PG_A_POOLED_URL`", hint: "another name")
        ),
    ])
    func `mistakes`(mistake: Mistake) throws {
        // The two databases whose variables are alike are there for one case alone.
        let isAboutVariables = mistake.problem.message.contains("_POOLED_URL")
        let yaml = isAboutVariables ? mistake.yaml : mistake.yaml.replacing(", a-pooled: {}", with: "")
        let marked = MarkedText(yaml)
        let found = try ScratchEnvironment(marked.text).problems()
        let difference = ExpectedProblem.difference([mistake.problem], found, in: marked)
        #expect(difference == nil, "\(difference ?? "")")
    }
}
