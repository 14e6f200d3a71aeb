import PostgresClient
import Testing

extension NexanestTests {
    /// Tables with personal rows, and which of them are a user's.
    private static let owned: [(database: String, role: String, table: String, condition: String)] = [
        ("postgres.nexanest", "nexanest_app", "subscriptions", "user_id = 'ID'"),
        ("postgres.auth", "auth_app", "users", "id = 'ID'"),
        ("postgres.auth", "auth_app", "user_profiles", "user_id = 'ID'"),
        ("postgres.auth", "auth_app", "user_sessions", "user_id = 'ID'"),
        ("postgres.auth", "auth_app", "refresh_tokens", "user_id = 'ID'"),
        ("postgres.auth", "auth_app", "email_verification_tokens", "user_id = 'ID'"),
        ("postgres.auth", "auth_app", "audit_log", "actor_id = 'ID' OR row_id = 'ID'"),
        ("postgres.portfolio", "portfolio_app", "portfolios", "user_id = 'ID'"),
        ("postgres.portfolio", "portfolio_app", "transactions", "portfolio_id IN (\(portfolios))"),
        ("postgres.portfolio", "portfolio_app", "holdings", "portfolio_id IN (\(portfolios))"),
        ("postgres.portfolio", "portfolio_app", "portfolio_snapshots", "portfolio_id IN (\(portfolios))"),
        ("postgres.analytics", "analytics_app", "portfolio_metrics", "user_id = 'ID'"),
        ("postgres.analytics", "analytics_app", "dashboards", "user_id = 'ID'"),
        (
            "postgres.analytics", "analytics_app", "dashboard_widgets",
            "dashboard_id IN (SELECT id FROM dashboards WHERE user_id = 'ID')"
        ),
        ("postgres.notifications", "notifications_app", "channels", "user_id = 'ID'"),
        ("postgres.notifications", "notifications_app", "notifications", "user_id = 'ID'"),
        (timescale, "timescale_app", "analytics_ts.portfolio_snapshots", "user_id = 'ID'"),
        (timescale, "timescale_app", "analytics_ts.risk_metrics", "user_id = 'ID'"),
        (timescale, "timescale_app", "events.trading_events", "user_id = 'ID'"),
    ]
    private static let portfolios = "SELECT id FROM portfolios WHERE user_id = 'ID'"

    /// Somebody who has rows in every database.
    static func somebody(_ nexanest: ShippedEnvironment) async throws -> String {
        var users = Set(
            try await nexanest.strings("SELECT user_id FROM portfolios WHERE is_default", "postgres.portfolio")
        )
        for (database, query) in [
            ("postgres.nexanest", "SELECT user_id FROM subscriptions"),
            ("postgres.auth", "SELECT user_id FROM refresh_tokens"),
            ("postgres.analytics", "SELECT user_id FROM dashboards"),
            ("postgres.notifications", "SELECT user_id FROM notifications"),
        ] {
            users.formIntersection(try await nexanest.strings(query, database))
        }
        return try #require(users.min())
    }

    /// With a user set, the role of a service has that user's rows; without one, none.
    static func expectOwnRowsOnly(_ nexanest: ShippedEnvironment, in databases: [String]) async throws {
        let id = try await somebody(nexanest)
        for (database, role, table, pattern) in owned where databases.contains(database) {
            let condition = pattern.replacing("ID", with: id)
            let mine = try await nexanest.project.value("SELECT count(*) FROM \(table) WHERE \(condition)", database)
            let asUser = ["SET LOCAL ROLE \(role)", "SET LOCAL app.current_user_id = '\(id)'"]
            let seen = try await nexanest.trying(asUser + ["SELECT count(*) FROM \(table)"], database)
            #expect(mine != "0" && seen == mine, "\(database) \(table)")
            let none = try await nexanest.trying([asUser[0], "SELECT count(*) FROM \(table)"], database)
            #expect(none == "0", "\(database) \(table)")
        }
        for (database, role, statement) in [
            ("postgres.auth", "auth_app", "SELECT password_hash FROM users"),
            ("postgres.auth", "auth_app", "SELECT token_hash FROM user_sessions"),
            ("postgres.auth", "auth_app", "SELECT key_hash FROM api_keys"),
            ("postgres.auth", "auth_app", "UPDATE users SET role = 'admin'"),
            ("postgres.portfolio", "portfolio_app", "UPDATE holdings SET quantity = 1000000"),
            ("postgres.portfolio", "portfolio_app", "DELETE FROM transactions"),
            ("postgres.portfolio", "portfolio_app", "SELECT id FROM audit_log"),
            (
                "postgres.portfolio", "portfolio_app",
                "INSERT INTO portfolios (user_id, name) VALUES (gen_random_uuid(), 'x')"
            ),
            ("postgres.analytics", "analytics_app", "UPDATE portfolio_metrics SET value = 0"),
            ("postgres.notifications", "notifications_app", "UPDATE channels SET verified_at = now()"),
            ("postgres.nexanest", "nexanest_app", "UPDATE subscriptions SET plan_code = 'advisor'"),
            (timescale, "timescale_app", "UPDATE analytics_ts.risk_metrics SET value = 0"),
        ] where databases.contains(database) {
            let user = "SET LOCAL ROLE \(role);\nSET LOCAL app.current_user_id = '\(id)';\n"
            try await nexanest.expectRefused("42501", user + statement, database)
            try await nexanest.expectRefused("42501", user + "SELECT erase_user_data('\(id)')", database)
        }
        // Every table that has a user's identity in it is closed but for that user.
        let open = """
            SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
             WHERE a.attname = 'user_id' AND c.relkind = 'r' AND NOT c.relrowsecurity
               AND c.relnamespace::regnamespace::text !~ '^(pg_|_timescaledb|private_|information_schema)'
            """
        for database in databases { #expect(try await nexanest.strings(open, database) == [], "\(database)") }
    }

    /// A service gets into its own database, and into no other.
    static func expectIsolation(_ nexanest: ShippedEnvironment) async throws {
        for database in postgres {
            let url = try await nexanest.project.url(database)
            let name = String(database.dropFirst("postgres.".count))
            #expect(url.hasSuffix("/\(name)") && url.contains("//\(name)_service:"))
            for other in postgres where other != database {
                let there = url.dropLast(name.count) + other.dropFirst("postgres.".count)
                do {
                    _ = try await PostgresConnection.withConnection(to: PostgresConfiguration(url: String(there))) {
                        try await $0.query("SELECT 1").count
                    }
                    Issue.record("\(name)_service is let into \(other)")
                } catch let error as PostgresError {
                    #expect(error.message.contains("permission denied for database"), "\(error.message)")
                }
            }
        }
    }

    /// Log-ins of people who read, and who watch.
    static func expectReaders(_ nexanest: ShippedEnvironment) async throws {
        let people: [(user: String, role: String, database: String, seen: String, refused: [String])] = [
            (
                "ada", "analytics_reader", "portfolio", "holdings",
                ["SELECT FROM watchlists", "SELECT note FROM transactions", "DELETE FROM holdings"]
            ),
            ("bob", "analytics_reader", "analytics", "portfolio_metrics", ["SELECT FROM dashboards"]),
            ("mo", "nexanest_monitor", "nexanest", "pg_stat_statements", ["SELECT FROM subscriptions"]),
        ]
        for (user, role, database, seen, refused) in people {
            let login = try await nexanest.logIn(user, in: role, to: database)
            try await PostgresConnection.withConnection(to: login) { connection in
                let rows = try await connection.query("SELECT count(*) FROM \(seen)")[0].int(0)
                #expect(rows > 0, "\(user)")
                for statement in refused {
                    await #expect(throws: PostgresError.self, "\(statement)") {
                        try await connection.execute(statement)
                    }
                }
            }
        }
        let elsewhere = try await nexanest.logIn("eve", in: "analytics_reader", to: "auth")
        await #expect(throws: PostgresError.self) {
            try await PostgresConnection.withConnection(to: elsewhere) { try await $0.query("SELECT 1").count }
        }
    }
}
