import ClientTesting
import Foundation
import PostgresClient
import RedisClient
import Testing

/// The seeds of the environment `nexanest`, in an environment that includes it.
@Suite(.waitsForSlots)
struct NexanestSeedTests {
    private static let databases =
        ["nexanest", "auth", "portfolio", "analytics", "notifications"].map { "postgres.\($0)" } + [
            "timescale.timescale"
        ]

    /// Includes a copy of the environment, without pgAdmin.
    private static func include(_ project: ProjectFixture) throws {
        let copy = project.folder + "/nexanest"
        try FileManager.default.copyItem(atPath: ShippedEnvironment.root + "/environments/nexanest", toPath: copy)
        // What a developer keeps there is none of the test's business.
        for name in [".env", ".nexenv"] { try? FileManager.default.removeItem(atPath: "\(copy)/\(name)") }
        try project.environment(
            """
            include: nexanest/nexenv.yaml
            storage: tmpfs
            defaults: { durability: none }
            services: { pgadmin: { profiles: [never] } }
            """,
            in: .docker
        )
    }

    /// How many rows each table of a database has, and a digest of them without what can't be the same twice.
    private static func content(_ project: ProjectFixture) async throws -> [String: (rows: Int, digest: String)] {
        var found: [String: (Int, String)] = [:]
        for database in databases {
            let url = try await project.url(database)
            let tables = try await PostgresConnection.withConnection(to: PostgresConfiguration(url: url)) {
                connection in
                let tables = try await connection.query(
                    """
                    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'nexenv', 'private_chunks')
                       AND n.nspname NOT LIKE '\\_timescaledb%' ORDER BY 1
                    """
                )
                var found: [String: (Int, String)] = [:]
                for row in tables {
                    let table = try row.string(0)
                    // A password has another salt in every database.
                    let sql = """
                        SELECT count(*), md5(string_agg(md5(r), '' ORDER BY md5(r)))
                          FROM (SELECT (to_jsonb(t) - 'password_hash')::text AS r FROM \(table) t) r
                        """
                    let result = try await connection.query(sql)[0]
                    found["\(database) \(table)"] = (try result.int(0), result[1].string ?? "")
                }
                return found
            }
            found.merge(tables) { first, _ in first }
        }
        for database in ["cache", "cache_data", "sessions"] {
            let keys = try await keys(of: "redis.\(database)", project)
            found["redis.\(database)"] = (keys.count, keys.joined(separator: "\n"))
        }
        return found
    }

    /// The keys of a database of Redis with what they hold.
    private static func keys(of database: String, _ project: ProjectFixture) async throws -> [String] {
        try await project.redis(database) { connection in
            let names = try await connection.send(["KEYS", "*"]).array?.compactMap(\.text) ?? []
            var keys: [String] = []
            for name in names.sorted() where !name.hasPrefix("nexenv:") {
                let key = RedisArgument(name)
                let kind = try await connection.send(["TYPE", key]).text ?? ""
                let reading: [String: [RedisArgument]] = [
                    "string": ["GET", key], "hash": ["HGETALL", key], "list": ["LRANGE", key, "0", "-1"],
                    "set": ["SMEMBERS", key], "zset": ["ZRANGE", key, "0", "-1", "WITHSCORES"],
                ]
                let reply = try await connection.send(try #require(reading[kind]))
                let words = reply.array?.compactMap(\.text) ?? [reply.text ?? ""]
                keys.append("\(name) \(kind == "list" ? words : words.sorted())")
            }
            return keys
        }
    }

    /// What has to be true of the rows: a condition each, in a database.
    static let sums = [
        ("postgres.portfolio", "holdings_match_transactions()"),
        ("postgres.portfolio", "NOT EXISTS (SELECT FROM portfolio_cash WHERE balance < 0)"),
        (
            "postgres.portfolio",
            """
            (SELECT count(*) = 501 AND bool_and(s.cash_value = c.balance)
               FROM portfolio_snapshots s JOIN portfolio_cash c USING (portfolio_id) WHERE s.snapshot_date = '2025-09-30')
            """
        ),
        (
            "postgres.portfolio",
            """
            NOT EXISTS (
                SELECT FROM (SELECT portfolio_id, sum(cost_basis) AS cost FROM holdings GROUP BY 1) h
                JOIN portfolio_snapshots s USING (portfolio_id)
                WHERE s.snapshot_date = '2025-09-30' AND abs(s.cost_basis - h.cost) > 0.01
            )
            """
        ),
        (
            "timescale.timescale",
            """
            (SELECT count(*) = 1500 AND count(DISTINCT symbol) = 50 AND count(DISTINCT bucket) = 30
                AND bool_and(low <= least(open, close) AND greatest(open, close) <= high AND low > 0)
               FROM market_data.stock_prices_daily)
            """
        ),
        ("timescale.timescale", "(SELECT bool_and(bid <= price AND price <= ask) FROM market_data.stock_prices)"),
        (
            "postgres.auth",
            """
            (SELECT count(*) FROM users WHERE role = 'admin') = 2
                AND (SELECT count(*) FROM users WHERE email LIKE '%@example.test') = 1000
                AND NOT EXISTS (SELECT FROM users u WHERE NOT EXISTS (SELECT FROM user_profiles p WHERE p.user_id = u.id))
            """
        ),
        ("postgres.nexanest", "(SELECT count(*) FROM plans) = 5"),
        (
            "postgres.auth",
            """
            NOT EXISTS (
                SELECT FROM login_attempts l JOIN users u ON u.id = l.user_id
                WHERE l.succeeded AND (u.status <> 'active' OR l.attempted_at > u.last_login_at)
            ) AND NOT EXISTS (
                SELECT FROM users u WHERE u.status = 'active' AND u.last_login_at IS NOT NULL
                   AND NOT EXISTS (SELECT FROM login_attempts l WHERE l.user_id = u.id AND l.attempted_at = u.last_login_at)
            )
            """
        ),
        (
            "postgres.auth",
            """
            NOT EXISTS (SELECT FROM email_verification_tokens WHERE expires_at <> created_at + interval '7 days')
                AND NOT EXISTS (SELECT FROM password_reset_tokens WHERE expires_at <> created_at + interval '1 hour')
            """
        ),
        (
            "postgres.notifications",
            """
            (SELECT count(*) > 1000 AND bool_and(c.kind = t.channel AND c.created_at < n.created_at)
               FROM deliveries d JOIN notifications n ON n.id = d.notification_id
               JOIN channels c ON c.id = d.channel_id JOIN templates t ON t.id = n.template_id)
            """
        ),
        (
            "postgres.notifications",
            """
            (SELECT bool_and(n.category = t.category AND n.title = t.subject AND position('{{' IN n.body) = 0)
               FROM notifications n JOIN templates t ON t.id = n.template_id)
            """
        ),
    ]

    @Test("every table is filled, it adds up, and it is the same every time", .docker)
    func nexanest() async throws {
        try await ProjectFixture.with("nexanest", environment: ["ADMIN_PASSWORD": nil, "TEST_PASSWORD": nil]) {
            project in
            try Self.include(project)
            try await project.nexenv("up", "--quiet")
            try await project.nexenv("seed")
            try await Self.expectDocument(project)
            let first = try await Self.content(project)
            #expect(first.count == 50)
            for (table, content) in first { #expect(content.rows > 0, "\(table)") }
            for (database, condition) in Self.sums {
                #expect(try await project.value("SELECT \(condition)", database) == "t", "\(condition)")
            }
            // What the triggers would have made of the transactions is what there is.
            let recalculated = try await project.postgres("postgres.portfolio") { connection in
                try await connection.query("SELECT recalculate_holding(portfolio_id, symbol) FROM holdings")
                return try await connection.query("SELECT count(*) FROM holdings WHERE updated_at > '2025-10-01'")[0]
                    .int(0)
            }
            #expect(recalculated == 0)
            // Purchases, in one database, were made at prices of the other one.
            let bars = try await Self.pairs(
                "SELECT symbol || bucket::date, low || ' ' || high FROM market_data.stock_prices_daily",
                "timescale.timescale",
                project
            )
            let trades = try await Self.pairs(
                "SELECT symbol || traded_at::date || ' ' || id, price FROM transactions WHERE type IN ('buy', 'sell')",
                "postgres.portfolio",
                project
            )
            #expect(trades.count > 4_000)
            for (trade, price) in trades {
                let range =
                    bars[String(trade.prefix { $0 != " " })]?.split(separator: " ").compactMap { Double($0) } ?? []
                #expect(
                    range.count == 2 && range[0] <= Double(price) ?? 0 && Double(price) ?? 0 <= range[1],
                    "\(trade)"
                )
            }
            for arguments in [["seed", "--json"], ["seed", "--fresh", "--json"]] {
                let again = try await project.run(arguments).json["sets"].elements
                #expect(again.count == 76)
                for set in again {
                    let changes = ["inserted", "updated", "deleted"].map { set[$0].number }
                    #expect(changes == [0, 0, 0], "\(set["set"].text ?? "")")
                }
            }
            // The same project anew.
            try await project.nexenv("down", "--volumes", "--yes", "--quiet")
            try await project.nexenv("up", "--quiet", "--seed")
            let second = try await Self.content(project)
            #expect(second.keys == first.keys)
            for (table, content) in first { #expect(second[table]?.digest == content.digest, "\(table)") }
            // The triggers of a hypertable can't be kept from running.
            let market = project.folder + "/nexanest/seeds/market.yaml"
            let text = try String(contentsOfFile: market, encoding: .utf8)
            try project.write(
                "nexanest/seeds/market.yaml",
                text.replacing("  system_events:\n", with: "  system_events:\n    triggers: false\n")
            )
            let refused = try await project.nexenv("seed", "--fresh", "--set", "system_events", status: 65)
            #expect(refused.error.contains("seeds/market.yaml:"), "\(refused)")
            #expect(refused.error.contains("error: system_events: hypertables do not support"), "\(refused)")
        }
    }

    private static func pairs(_ sql: String, _ database: String, _ project: ProjectFixture) async throws -> [String:
        String]
    {
        try await project.postgres(database) { connection in
            let rows = try await connection.query(sql)
            return Dictionary(try rows.map { (try $0.string(0), try $0.string(1)) }) { first, _ in first }
        }
    }

    @Test("in production there are plans and admins, with passwords of their own, and nobody else", .docker)
    func production() async throws {
        try await ProjectFixture.with("nexaprod", environment: ["ADMIN_PASSWORD": nil, "OPERATOR_PASSWORD": nil]) {
            project in
            try Self.include(project)
            try await project.nexenv("--mode", "production", "up", "--quiet")
            // There are none that everybody knows.
            let refused = try await project.nexenv("--mode", "production", "seed", status: 65)
            #expect(refused.error.contains("`ADMIN_PASSWORD` is not set"), "\(refused)")
            #expect(refused.error.contains("`OPERATOR_PASSWORD` is not set"), "\(refused)")
            // The included environment's own variables.
            let passwords = "ADMIN_PASSWORD=only-here-1\nOPERATOR_PASSWORD=only-here-2\n"
            try project.write("nexanest/.env", "ADMIN_EMAIL=chief@nexanest.test\n\(passwords)")
            try await project.nexenv("--mode", "production", "seed")
            let people = "SELECT string_agg(email, ' ' ORDER BY email) FROM users"
            #expect(try await project.value(people, "postgres.auth") == "chief@nexanest.test operator@nexanest.local")
            let counts = "SELECT (SELECT count(*) FROM plans) || ' ' || (SELECT count(*) FROM subscriptions)"
            #expect(try await project.value(counts, "postgres.nexanest") == "5 0")
            let again = try await project.nexenv("--mode", "production", "seed", "--json")
            #expect(again.json["sets"].elements.allSatisfy { $0["inserted"].number == 0 && $0["updated"].number == 0 })
            #expect(again.json["notForMode"].elements.count == 68)
            #expect(!again.error.contains("only-here-1"))
        }
    }
}
