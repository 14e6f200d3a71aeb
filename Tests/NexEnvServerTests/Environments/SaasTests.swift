import Foundation
import MongoClient
import RedisClient
import Testing

/// The environment `saas` has everything that its document names, filled, and refuses what it has to refuse.
@Suite(.waitsForSlots)
struct SaasTests {
    static let database = "postgres.myapp"
    static let logs = "mongo.myapp-logs"

    /// The document's indexes of PostgreSQL.
    private static let indexes = [
        "users_email_idx": "users USING btree (email)", "users_role_idx": "users USING btree (role)",
        "users_created_at_idx": "users USING btree (created_at)",
        "subscriptions_user_id_idx": "subscriptions USING btree (user_id)",
        "subscriptions_status_idx": "subscriptions USING btree (status)",
        "subscriptions_stripe_customer_id_idx": "subscriptions USING btree (stripe_customer_id)",
    ]

    /// The keys of Redis by their beginning, with the longest time that each may live.
    private static let lifetimes: [String: [(prefix: String, seconds: Int)]] = [
        "redis.cache": [("profile:", 300), ("subscription:", 300), ("plans", 300), ("users:page:", 300)],
        "redis.sessions": [("session:", 7 * 86_400)],
        "redis.temporary": [("verify:", 86_400), ("reset:", 3_600), ("ratelimit:", 900), ("lock:", 900)],
    ]

    @Test(
        "it is filled and consistent, seeding it again changes nothing, and it refuses what it has to",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func saas(place: Place) async throws {
        let variables: [String: String?] = ["ADMIN_PASSWORD": nil, "TEST_PASSWORD": nil]
        // The server looks every second for what is past its time, and not every minute.
        let often = "services: { mongo: { settings: { setParameter: ttlMonitorSleepSecs=1 } } }"
        try await ShippedEnvironment.with("saas", in: place, adding: often, variables: variables) { saas in
            // At once: what lives for a quarter of an hour could be gone after all the rest.
            try await Self.expectKeysWithLifetimes(saas)
            try await saas.expectSound()
            try await Self.expectNamesOfTheDocument(saas)
            try await Self.expectSums(saas)
            try await Self.expectDocuments(saas)
            try await Self.expectRowsRefused(saas)
            try await Self.expectReader(saas)
            try await Self.expectDocumentsRefused(saas)
            try await Self.expectDocumentsForgotten(saas)
            try await Self.expectMonitoring(saas)
            try await Self.expectMigrationsUpAndDown(saas)
            try await Self.expectResetAndSeeded(saas)
            if place == .native { try await saas.expectRestored(Self.database) }
            try await Self.expectHealthChecked(saas)
        }
    }

    @Test("in another mode there are plans and an administrator, and nobody else", .native)
    func production() async throws {
        try await ShippedEnvironment.with(
            "saas",
            in: .native,
            mode: "production",
            adding: "modes: { production: {} }",
            variables: ["ADMIN_EMAIL": "chief@myapp.test", "ADMIN_PASSWORD": "only-here-1"]
        ) { saas in
            #expect(try await saas.strings("SELECT email FROM users", Self.database) == ["chief@myapp.test"])
            let plans = try await saas.strings("SELECT code FROM plans ORDER BY position", Self.database)
            #expect(plans == ["free", "starter", "pro", "business", "early"])
            #expect(try await saas.keys("redis.sessions") == [])
            try await saas.expectSeededAgainWithoutChanges()
        }
    }

    private static func expectNamesOfTheDocument(_ saas: ShippedEnvironment) async throws {
        let tables = try await saas.tables(database)
        #expect(
            tables == ["monitoring.sizes", "public.invoices", "public.plans", "public.subscriptions", "public.users"]
        )
        for (index, columns) in indexes {
            let sql = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname = '\(index)'"
            let found = try await saas.strings(sql, database)
            #expect(found.count == 1 && found[0].hasSuffix("ON public.\(columns)"), "\(index): \(found)")
        }
        let avatar = """
            SELECT data_type FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'avatar'
            """
        #expect(try await saas.strings(avatar, database) == ["text"])
        #expect(try await saas.collections(logs).keys.sorted() == ["analytics", "logs", "webhooks"])
        let keys = try await saas.indexes(of: "logs", logs).values.compactMap { index in
            index["key"]?.document?.map { "\($0.key): \($0.value.int ?? 0)" }.joined(separator: ", ")
        }
        for wanted in ["timestamp: -1, level: 1", "userId: 1, timestamp: -1", "endpoint: 1, method: 1"] {
            #expect(keys.contains(wanted), "\(keys)")
        }
        #expect(saas.targets(of: "redis").sorted() == ["redis.cache", "redis.sessions", "redis.temporary"])
        let path = saas.project.folder + "/environments/saas/README.md"
        let readme = try String(contentsOfFile: path, encoding: .utf8)
        for index in indexes.keys { #expect(readme.contains("`\(index)"), "\(index)") }
        let variables = try await saas.project.nexenv("env").output
        for name in [
            "REDIS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "POSTGRES_MYAPP_URL", "MONGO_MYAPP_LOGS_URL",
        ] {
            #expect(variables.contains("\n\(name)="), "\(name)")
        }
    }

    /// What has to be true of the rows: a condition each.
    private static func expectSums(_ saas: ShippedEnvironment) async throws {
        for condition in [
            // An invoice for each month that a subscription has had, at the price of its plan.
            """
            NOT EXISTS (
                SELECT FROM subscriptions AS s WHERE s.status NOT IN ('trialing', 'incomplete', 'incomplete_expired') AND (
                    SELECT count(*) FROM invoices AS i WHERE i.subscription_id = s.id
                ) <> extract(year FROM age(s.current_period_end, date_trunc('month', s.created_at, 'UTC'))) * 12
                    + extract(month FROM age(s.current_period_end, date_trunc('month', s.created_at, 'UTC'))) - 1
            )
            """,
            """
            NOT EXISTS (
                SELECT FROM invoices AS i JOIN subscriptions AS s ON s.id = i.subscription_id
                JOIN plans AS p ON p.code = s.plan_code WHERE i.amount_due_cents <> p.monthly_cents
            )
            """,
            """
            (SELECT count(*) FROM subscriptions WHERE status = 'past_due')
                = (SELECT count(*) FROM invoices WHERE status = 'open')
            """,
            "(SELECT count(*) = 4 FROM plans WHERE code IN (SELECT plan_code FROM subscriptions))",
            "(SELECT count(DISTINCT role) = 3 FROM users)",
            "(SELECT count(DISTINCT status) = 8 AND bool_and(billing_period = 'month') FROM subscriptions)",
            "NOT EXISTS (SELECT FROM subscriptions GROUP BY user_id HAVING count(DISTINCT stripe_customer_id) > 1)",
            // What the README counts: an administrator, 4 test accounts and 310 users.
            """
            (SELECT count(*) FROM users) = 315 AND (SELECT count(*) FROM users WHERE password_hash IS NULL) = 50
            """,
            "(SELECT count(*) FROM subscriptions) = 193 AND (SELECT count(*) FROM invoices) = 853",
            """
            NOT EXISTS (SELECT FROM users AS u JOIN subscriptions AS s ON s.user_id = u.id WHERE s.created_at < u.created_at)
            """,
        ] {
            #expect(try await saas.project.value("SELECT \(condition)", database) == "t", "\(condition)")
        }
        // MongoDB and Redis know the users and subscriptions of PostgreSQL.
        let users = Set(try await saas.strings("SELECT id FROM users", database))
        let known = try await saas.project.mongo(logs) { connection in
            var found: [String] = []
            for collection in ["logs", "analytics"] {
                let reply = try await connection.run(
                    ["distinct": .string(collection), "key": "userId"],
                    in: "myapp-logs"
                )
                found += reply["values"]?.array?.compactMap(\.string) ?? []
            }
            return found
        }
        #expect(known.count > 200 && users.isSuperset(of: known))
        let profiles = try await saas.keys("redis.cache").filter { $0.hasPrefix("profile:") }
        #expect(profiles.count == 60 && users.isSuperset(of: profiles.map { String($0.dropFirst("profile:".count)) }))
    }

    /// As many documents as the README says, all with an end, and log entries of requests that the API knows.
    private static func expectDocuments(_ saas: ShippedEnvironment) async throws {
        try await saas.project.mongo(logs) { connection in
            for (collection, count) in ["logs": 620, "analytics": 620, "webhooks": 135] {
                let query: BSONDocument = ["expiresAt": ["$exists": true]]
                for filter in [[:], query] {
                    let command: BSONDocument = ["count": .string(collection), "query": .document(filter)]
                    #expect(try await connection.run(command, in: "myapp-logs")["n"]?.int == count, "\(collection)")
                }
            }
            for (field, values) in [("method", ["POST"]), ("statusCode", ["200"])] {
                let query: BSONDocument = ["endpoint": "/api/auth/login"]
                let command: BSONDocument = ["distinct": "logs", "key": .string(field), "query": .document(query)]
                let found = try await connection.run(command, in: "myapp-logs")["values"]?.array ?? []
                #expect(found.map { $0.string ?? $0.int.map(String.init) ?? "" } == values, "\(field)")
            }
            let providers = try await connection.run(["distinct": "webhooks", "key": "provider"], in: "myapp-logs")
            #expect(providers["values"]?.array?.compactMap(\.string).sorted() == ["github", "mail", "stripe"])
        }
    }

    private static func expectKeysWithLifetimes(_ saas: ShippedEnvironment) async throws {
        for (target, patterns) in lifetimes {
            let keys = try await saas.keys(target)
            for (prefix, _) in patterns { #expect(keys.contains { $0.hasPrefix(prefix) }, "\(target) \(prefix)") }
            try await saas.project.redis(target) { connection in
                for key in keys {
                    let pattern = patterns.first { key.hasPrefix($0.prefix) }
                    let left = try await connection.send(["TTL", RedisArgument(key)]).int ?? -1
                    let most = pattern?.seconds ?? -1
                    #expect(left >= 0 && left <= most, "\(target) \(key) \(left)")
                }
            }
        }
        let policy = try await saas.project.redis("redis.cache") { connection in
            try await connection.send(["CONFIG", "GET", "maxmemory-policy"]).array?.last?.text
        }
        #expect(policy == "volatile-ttl")
    }

    private static func expectMonitoring(_ saas: ShippedEnvironment) async throws {
        for view in ["connection_pool", "query_times", "cache_hits", "index_usage", "size_growth"] {
            let rows = try await saas.project.value("SELECT count(*) > 0 FROM monitoring.\(view)", database)
            #expect(rows == "t", "\(view)")
        }
        let recorded = try await saas.trying(["SELECT monitoring.record_sizes()"], database)
        #expect(recorded == "4")
    }
}
