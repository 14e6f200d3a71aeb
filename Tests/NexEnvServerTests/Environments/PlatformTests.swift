import Foundation
import PostgresClient
import RedisClient
import Testing

/// The environment `platform`: all of `nexus` and of `nexanest` in one stack.
@Suite(.waitsForSlots)
struct PlatformTests {
    private static let postgres = ["nexus", "nexanest", "auth", "portfolio", "analytics", "notifications"]
    private static let redis = [
        "auth", "app_cache", "rate_limits", "realtime", "queues", "analytics_cache", "cache", "cache_data", "sessions",
    ]

    @Test("in Docker: all of both, filled, seeded again without changes", .docker)
    func docker() async throws {
        try await ShippedEnvironment.with("platform", in: .docker) { platform in
            try await Self.expectServices(platform, leftOut: [])
            try await platform.expectSound()
            try await Self.expectPooled(platform)
            try await Self.expectBoth(platform)
            #expect(
                try await platform.project.value("SELECT count(*) FROM market_data.stock_prices", "timescale.timescale")
                    != "0"
            )
        }
    }

    @Test("natively: all but what can't run there, which is named", .native)
    func native() async throws {
        // Whether TimescaleDB can run depends on what is installed.
        let optional = "services: { timescale: { engine: timescaledb, required: false } }"
        try await ShippedEnvironment.with("platform", in: .native, adding: optional) { platform in
            let up = try await platform.project.nexenv("up", "--json").json["services"].elements
            let leftOut = up.filter { $0["state"].text == "skipped" }
            for service in leftOut { #expect(service["error"]["message"].text?.isEmpty == false, "\(service)") }
            let names = Set(leftOut.compactMap { $0["name"].text })
            #expect(names.contains("pgadmin") && names.isSubset(of: ["pgadmin", "timescale"]))
            try await Self.expectServices(platform, leftOut: names)
            try await platform.expectSound(without: names)
            try await Self.expectPooled(platform)
            try await Self.expectBoth(platform)
        }
    }

    @Test(
        "in CI and in production: with both environments' own administrators, seeded again without changes",
        .native,
        arguments: [("ci", false), ("production", true)]
    )
    func mode(_ mode: String, isBare: Bool) async throws {
        let optional = "services: { timescale: { engine: timescaledb, required: false } }"
        let variables = ["ADMIN_PASSWORD": "only-here-1", "OPERATOR_PASSWORD": "only-here-2"]
        try await ShippedEnvironment.with("platform", in: .native, mode: mode, adding: optional, variables: variables) {
            platform in
            for (database, administrators, everybody) in [("nexus", "1", "208"), ("auth", "2", "1116")] {
                let target = "postgres.\(database)"
                let admins = try await platform.project.value("SELECT count(*) FROM users WHERE role = 'admin'", target)
                #expect(admins == administrators)
                let users = try await platform.project.value("SELECT count(*) FROM users", target)
                #expect(users == (isBare ? administrators : everybody))
            }
            try await platform.expectSeededAgainWithoutChanges()
        }
    }

    private static func expectServices(_ platform: ShippedEnvironment, leftOut: Set<String>) async throws {
        let names = ["postgres", "pgbouncer", "mongo", "redis", "timescale", "pgadmin"]
        #expect(Set(platform.services.map(\.name)) == Set(names))
        func databases(_ service: String) -> Set<String> {
            Set(platform.services.first { $0.name == service }?.databases ?? [])
        }
        #expect(databases("postgres") == Set(postgres))
        #expect(databases("pgbouncer") == Set(postgres))
        #expect(databases("mongo") == ["nexus"])
        #expect(databases("redis") == Set(redis))
        #expect(databases("timescale") == ["timescale"])
        let status = try await platform.project.nexenv("status", "--json").json["services"].elements
        for service in status {
            let name = service["name"].text ?? ""
            let state = service["state"].text ?? ""
            // Nobody waits for pgAdmin.
            let good: Set = leftOut.contains(name) ? ["absent"] : name == "pgadmin" ? ["ready", "starting"] : ["ready"]
            #expect(good.contains(state), "\(name) is \(state)")
        }
    }

    /// Each database of PostgreSQL by way of PgBouncer, as the owner.
    private static func expectPooled(_ platform: ShippedEnvironment) async throws {
        for database in postgres {
            let run = try await platform.project.nexenv("url", "postgres.\(database)", "--pooled")
            let url = run.output.trimmingCharacters(in: .newlines)
            let (name, tables) = try await PostgresConnection.withConnection(to: PostgresConfiguration(url: url)) {
                let sql = "SELECT current_database(), count(*) FROM pg_tables WHERE schemaname = 'public'"
                let row = try await $0.query(sql)[0]
                return (try row.string(0), try row.int(1))
            }
            #expect(name == database)
            #expect(tables > 0, "\(database)")
        }
    }

    /// What only one of the two has, and what they disagree on.
    private static func expectBoth(_ platform: ShippedEnvironment) async throws {
        let project = platform.project
        #expect(try await project.value("SELECT current_user", "postgres") == "platform")
        #expect(try await project.value("SHOW max_connections", "postgres") == "200")
        #expect(Int(try await project.value("SELECT count(*) FROM creators", "postgres.nexus")) ?? 0 > 0)
        #expect(try await project.value("SELECT count(*) FROM portfolios", "postgres.portfolio") == "501")
        #expect(Int(try await project.value("SELECT count(*) FROM users", "postgres.auth")) ?? 0 > 1_000)
        let policy = try await project.redis("redis.queues") { connection in
            try await connection.send(["CONFIG", "GET", "maxmemory-policy"]).array?.last?.text
        }
        #expect(policy == "volatile-lru")
        try await platform.expectRedis(["maxmemory": "2147483648"])
        let events = try await platform.redis("queues", "CONFIG", "GET", "notify-keyspace-events").array?.last?.text
        #expect(events?.sorted() == "KEg$hszxe".sorted())
        #expect(try await project.url("redis.cache").hasSuffix("/6"))
        #expect(try await project.url("redis.auth").hasSuffix("/0"))
    }
}
