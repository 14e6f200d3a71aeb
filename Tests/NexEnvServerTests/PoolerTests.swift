import Foundation
import PostgresClient
import Testing

/// PgBouncer in front of PostgreSQL.
@Suite(.waitsForSlots)
struct PoolerTests {
    /// A server with few connections, and a pooler with fewer.
    private static func environment(_ project: ProjectFixture, in place: Place, workMemory: Int = 4) throws {
        try project.write("init.sql", "CREATE TABLE item AS SELECT n FROM generate_series(1, 100) AS n;")
        try project.environment(
            """
            defaults: { durability: none, ready_timeout: 40s, stop_grace_period: 5s }
            services:
              pg:
                engine: postgres
                settings: { max_connections: 20, work_mem: \(workMemory)MB }
                roles: { reader: {} }
                databases: { app: { owner: app_owner, init: [init.sql] }, other: {} }
              pooler: { engine: pgbouncer, server: pg, default_pool_size: 5, max_client_conn: 250 }
              redis: { engine: redis }
            """,
            in: place
        )
    }

    @Test("200 clients share 5 connections, each for a transaction", .docker, .native, arguments: Place.allCases)
    func clients(_ place: Place) async throws {
        try await ProjectFixture.with("pool-\(place.rawValue)") { project in
            try Self.environment(project, in: place)
            try await project.nexenv("up")
            let login = try PostgresConfiguration(url: try await project.pooled("pg.app"))
            let (clients, servers) = try await withThrowingTaskGroup(of: (PostgresConnection, Set<Int>).self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        var login = login
                        // On a machine at work the last of them waits for a while.
                        login.connectTimeout = .seconds(60)
                        let connection = try await PostgresConnection.connect(to: login)
                        let servers = try await connection.transaction { session in
                            // Two statements of a transaction meet the same server.
                            let first = try session.query("SELECT pg_backend_pid(), pg_sleep(0.01)")[0].int(0)
                            return [first, try session.query("SELECT pg_backend_pid()")[0].int(0)]
                        }
                        #expect(servers[0] == servers[1])
                        return (connection, Set(servers))
                    }
                }
                // All stay until the last one has been served: a pool that waits for clients to leave would end here.
                var clients: [PostgresConnection] = []
                var servers: Set<Int> = []
                for try await (client, own) in group {
                    clients.append(client)
                    servers.formUnion(own)
                }
                return (clients, servers)
            }
            #expect(clients.count == 200)
            #expect((1...5).contains(servers.count), "\(servers)")
            let counted =
                "SELECT count(*) FROM pg_stat_activity WHERE datname = 'app' AND backend_type = 'client backend'"
            #expect(Int(try await project.value(counted, "pg")) ?? 99 <= 5)
            for client in clients { await client.close() }
        }
    }

    @Test("roles of the file and of SQL log in, and nobody else", .docker, .native, arguments: Place.allCases)
    func logins(_ place: Place) async throws {
        try await ProjectFixture.with("pool-login-\(place.rawValue)") { project in
            try Self.environment(project, in: place)
            try await project.nexenv("up")
            func whoAmI(_ user: String, _ password: String?, database: String = "app") async throws -> String {
                var login = try PostgresConfiguration(url: try await project.pooled("pg.app"))
                (login.user, login.database) = (user, database)
                if let password { login.password = password }
                return try await PostgresConnection.withConnection(to: login) {
                    try await $0.query("SELECT current_user || ' ' || current_database()")[0].string(0)
                }
            }
            #expect(try await whoAmI("app_owner", nil) == "app_owner app")
            let sql = "CREATE ROLE late LOGIN PASSWORD 'late-secret'; CREATE DATABASE later"
            for statement in sql.split(separator: "; ") {
                try await project.postgres("pg") { _ = try await $0.execute(String(statement)) }
            }
            #expect(try await whoAmI("late", "late-secret") == "late app")
            #expect(try await whoAmI("late", "late-secret", database: "later") == "late later")
            for (user, password) in [
                ("app_owner", "wrong"), ("app_owner", ""), ("late", "wrong"), ("nobody", "wrong"),
                ("postgres", "wrong"),
            ] {
                await #expect(throws: PostgresError.self, "\(user)") { try await whoAmI(user, password) }
            }
            try await project.postgres("pg") { _ = try await $0.execute("ALTER ROLE late PASSWORD 'new-secret'") }
            await #expect(throws: PostgresError.self) { try await whoAmI("late", "late-secret") }
            #expect(try await whoAmI("late", "new-secret") == "late app")
        }
    }

    @Test("it follows a server that is replaced, started over or stopped", .docker, .native, arguments: Place.allCases)
    func follows(_ place: Place) async throws {
        try await ProjectFixture.with("pool-follow-\(place.rawValue)") { project in
            try Self.environment(project, in: place)
            try await project.nexenv("up")
            func pooled(_ sql: String) async throws -> String {
                let login = try PostgresConfiguration(url: try await project.pooled("pg.app"))
                return try await PostgresConnection.withConnection(to: login) { try await $0.query(sql)[0].string(0) }
            }
            #expect(try await pooled("SHOW work_mem") == "4MB")
            try Self.environment(project, in: place, workMemory: 9)
            let up = try await project.nexenv("up", "--json").json
            #expect(up["services"].elements.map { $0["state"].text } == ["ready", "ready", "ready"])
            #expect(try await pooled("SHOW work_mem") == "9MB")
            #expect(try await project.nexenv("up").error.contains("nothing to do"))

            // A connection in the pool is in the database that goes.
            _ = try await pooled("DELETE FROM item WHERE n > 1 RETURNING (SELECT count(*) FROM item)")
            try await project.nexenv("reset", "pg.app", "--yes")
            #expect(try await pooled("SELECT count(*) FROM item") == "100")

            try await project.nexenv("stop", "pg")
            let stopped = try await project.nexenv("status", "--json", "pooler").json["services"][0]
            #expect(stopped["state"].text == "starting", "\(stopped)")
            try await project.nexenv("up")
            #expect(try await pooled("SELECT count(*) FROM item") == "100")
            #expect(try await project.nexenv("status", "--json", "pooler").json["services"][0]["state"].text == "ready")
        }
    }

    @Test("commands give its addresses", .docker, .native, arguments: Place.allCases)
    func commands(_ place: Place) async throws {
        try await ProjectFixture.with("pool-url-\(place.rawValue)") { project in
            try Self.environment(project, in: place)
            let early = try await project.nexenv("url", "pg.app", "--pooled", status: nil)
            #expect(early.status != 0 && early.error.contains("pooler: it isn't running"), "\(early)")
            try await project.nexenv("up")
            let pooled = try await project.pooled("pg.app")
            let port = try await project.port("pooler")
            #expect(pooled.contains("app_owner:") && pooled.hasSuffix("@127.0.0.1:\(port)/app"))
            #expect(try await project.pooled("app") == pooled)
            #expect(try await project.pooled("pooler.app") == pooled)
            #expect(try await project.url("pooler.app") == pooled)
            #expect(try await project.pooled("pg").hasSuffix(":\(port)/postgres"))
            let variables = try await project.nexenv("env", "--json").json
            #expect(variables["PG_APP_POOLED_URL"].text == pooled)
            #expect(variables["PG_APP_URL"].text == (try await project.url("pg.app")))
            let none = try await project.nexenv("url", "redis", "--pooled", status: nil)
            #expect(none.status != 0 && none.error.contains("redis: it has no pooler"), "\(none)")
            #expect(none.error.contains("`engine: pgbouncer`"), "\(none)")
            let status = try await project.nexenv("status", "--json", "pooler").json["services"][0]
            #expect(status["state"].text == "ready")
            #expect(status["databases"].elements.compactMap(\.text) == ["app", "other"])
            let count = try await project.nexenv("connect", "pooler.app", "-c", "SELECT count(*) AS n FROM item")
            #expect(count.output.contains("100"), "\(count)")
            let console = try await project.nexenv("connect", "pooler", "-c", "SHOW CONFIG")
            #expect(console.output.contains("default_pool_size"), "\(console)")
            let logs = try await project.nexenv("logs", "pooler")
            #expect(logs.output.contains("process up: PgBouncer"), "\(logs)")
        }
    }

    @Test("a native pooler finds a server in Docker, and is left out with it", .docker, .native)
    func mixed() async throws {
        try await ProjectFixture.with("pool-mixed") { project in
            func file(isRequired: Bool) throws {
                try project.environment(
                    """
                    defaults: { durability: none }
                    services:
                      pg: { engine: postgres, runtime: docker, required: false, databases: { app: { owner: boss } } }
                      pooler: { engine: pgbouncer, runtime: native, server: pg, required: \(isRequired) }
                    """
                )
            }
            try file(isRequired: true)
            let noDocker = ["DOCKER_HOST": Optional("tcp://127.0.0.1:9")]
            let refused = try await project.nexenv("up", status: 69, environment: noDocker)
            #expect(refused.error.contains("pooler: `pg`, which it is of no use without, is left out"), "\(refused)")
            let left = try await project.nexenv("up", "--available", "--json", environment: noDocker).json
            #expect(left["services"].elements.map { $0["state"].text } == ["skipped", "skipped"])
            try file(isRequired: false)
            let skipped = try await project.nexenv("up", "--json", environment: noDocker).json
            #expect(skipped["services"].elements.map { $0["state"].text } == ["skipped", "skipped"])

            // Nobody waits for one that isn't required.
            try file(isRequired: true)
            try await project.nexenv("up")
            let login = try PostgresConfiguration(url: try await project.pooled("pg.app"))
            let user = try await PostgresConnection.withConnection(to: login) {
                try await $0.query("SELECT current_user")[0].string(0)
            }
            #expect(user == "boss")
        }
    }

    @Test("its passwords are its own user's to read", .docker)
    func files() async throws {
        try await ProjectFixture.with("pool-files") { project in
            try Self.environment(project, in: .docker)
            try await project.nexenv("up")
            let container = try await DockerView.of(project).container("pooler")
            let command = ["exec", container?.id ?? "none", "stat", "-c", "%a %U", "/tmp/nexenv/users.txt"]
            #expect(try await Program.run("docker", command).output == "600 postgres\n")
        }
    }

    @Test("a run of tests has one of its own", .docker, .native, arguments: Place.allCases)
    func testRun(_ place: Place) async throws {
        try await ProjectFixture.with("pool-test-\(place.rawValue)") { project in
            try Self.environment(project, in: place)
            let script = "psql \"$PG_APP_POOLED_URL\" -XAtc 'SELECT count(*) FROM item'"
            let run = try await project.nexenv("test", "--", "sh", "-c", script)
            #expect(run.output == "100\n", "\(run)")
        }
    }
}

extension ProjectFixture {
    /// The address of a database by way of its pooler.
    fileprivate func pooled(_ target: String) async throws -> String {
        try await nexenv("url", target, "--pooled").output.trimmingCharacters(in: .newlines)
    }
}
