import Foundation
import NexEnv
import RedisClient
import Testing

/// The environment `nexanest` is what its document states, and refuses what it has to refuse; how its seeds add up is told
/// by ``NexanestSeedTests``.
@Suite(.waitsForSlots)
struct NexanestTests {
    static let postgres = ["nexanest", "auth", "portfolio", "analytics", "notifications"].map { "postgres.\($0)" }
    static let timescale = "timescale.timescale"

    @Test(
        "it is filled and consistent, and keeps rows from those they don't belong to",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func nexanest(place: Place) async throws {
        // Whether TimescaleDB can run natively depends on what is installed.
        let optional = "\n  timescale: { engine: timescaledb, required: false }"
        let services = "services:\n  redis: { engine: redis, durability: relaxed }"
        let variables: [String: String?] = ["ADMIN_PASSWORD": nil, "OPERATOR_PASSWORD": nil, "TEST_PASSWORD": nil]
        try await ShippedEnvironment.with(
            "nexanest",
            in: place,
            adding: services + (place == .native ? optional : ""),
            variables: variables
        ) { nexanest in
            let status = try await nexanest.project.nexenv("status", "--json").json["services"].elements
            let absent = Set(status.filter { $0["state"].text == "absent" }.compactMap { $0["name"].text })
            #expect(place == .native ? absent.isSubset(of: ["pgadmin", "timescale"]) : absent.isEmpty)
            let databases = Self.postgres + (absent.contains("timescale") ? [] : [Self.timescale])
            try await nexanest.expectNamesOfReadme(in: databases)
            try await nexanest.expectSound(without: absent)
            for database in databases {
                try await nexanest.expectTablesDescribed(database)
                try await nexanest.expectForeignKeysIndexed(database)
                let futures = Self.futures.filter { $0.database == database }.map(\.column)
                try await nexanest.expectNothingLater(than: "2025-10-01", in: database, but: futures)
            }
            try await Self.expectSums(nexanest, in: databases)
            try await Self.expectSuperusers(nexanest, in: databases)
            try await Self.expectOwnRowsOnly(nexanest, in: databases)
            try await Self.expectIsolation(nexanest)
            try await Self.expectReaders(nexanest)
            try await Self.expectKeptRows(nexanest, in: databases)
            try await Self.expectAudit(nexanest)
            try await Self.expectLoginsBlocked(nexanest)
            try await Self.expectPersonForgotten(nexanest, in: databases)
            try await Self.expectStatistics(nexanest, in: databases)
            try await Self.expectRedisSettings(nexanest)
            try await nexanest.expectKeyPatterns(in: "database/redis.md")
            if databases.contains(Self.timescale) { try await Self.expectTimescale(nexanest) }
        }
    }

    /// What lies ahead of the clock of the seeds, as it should.
    private static let futures: [(database: String, column: String)] = [
        ("postgres.auth", "api_keys.expires_at"), ("postgres.auth", "email_verification_tokens.expires_at"),
        ("postgres.auth", "refresh_tokens.expires_at"), ("postgres.auth", "user_sessions.expires_at"),
        ("postgres.auth", "users.locked_until"), ("postgres.notifications", "notifications.expires_at"),
    ]

    @Test("its file has the ports and names of the document")
    func stated() throws {
        var loader = EnvironmentLoader(processVariables: [:])
        let environment = try loader.load(ShippedEnvironment.root + "/environments/nexanest/nexenv.yaml")
        let ports = Dictionary(uniqueKeysWithValues: environment.services.map { ($0.name, $0.port) })
        let stated: [String: PortPreference?] = [
            "postgres": .preferred(5432), "timescale": .preferred(5433), "redis": .preferred(6379),
            "pgadmin": .preferred(5050),
        ]
        #expect(ports == stated)
        let pgAdmin = environment.services.compactMap { $0.engine as? PgAdmin }
        #expect(pgAdmin.map(\.email) == ["admin@nexanest.local"])
        #expect(environment.knownModes.sorted() == ["ci", "production"])
    }

    private static func expectSums(_ nexanest: ShippedEnvironment, in databases: [String]) async throws {
        for (database, condition) in NexanestSeedTests.sums where databases.contains(database) {
            #expect(try await nexanest.project.value("SELECT \(condition)", database) == "t", "\(condition)")
        }
        // The identity of a person is the same everywhere.
        let users = Set(try await nexanest.strings("SELECT id FROM users", "postgres.auth"))
        for database in databases where database != "postgres.auth" {
            let columns = """
                SELECT format('SELECT DISTINCT user_id FROM %s WHERE user_id IS NOT NULL', a.attrelid::regclass)
                  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r'
                 WHERE a.attname = 'user_id' AND c.relnamespace::regnamespace::text !~ '^(pg_|_timescaledb|private_)'
                """
            let queries = try await nexanest.strings(columns, database)
            #expect(!queries.isEmpty, "\(database)")
            for query in queries {
                let known = try await nexanest.strings(query, database)
                #expect(!known.isEmpty && users.isSuperset(of: known), "\(database): \(query)")
            }
        }
    }

    private static func expectSuperusers(_ nexanest: ShippedEnvironment, in databases: [String]) async throws {
        #expect(try await nexanest.project.value("SELECT current_user", "postgres") == "nexanest")
        if databases.contains(timescale) {
            #expect(try await nexanest.project.value("SELECT current_user", "timescale") == "timescale")
        }
    }

    private static func expectRedisSettings(_ nexanest: ShippedEnvironment) async throws {
        try await nexanest.expectRedis([
            "maxmemory": "268435456", "maxmemory-policy": "allkeys-lru", "databases": "16", "appendonly": "yes",
            "appendfsync": "everysec", "save": "3600 1 300 100 60 10000", "slowlog-log-slower-than": "10000",
        ])
        let events = try await nexanest.redis("cache", "CONFIG", "GET", "notify-keyspace-events").array?.last?.text
        // The server has an order of its own.
        #expect(events?.sorted() == "KEg$hszxe".sorted())
    }
}
