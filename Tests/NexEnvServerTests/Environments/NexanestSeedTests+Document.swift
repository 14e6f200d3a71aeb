import RedisClient
import Testing

/// What the document of NexaNest names, and how much of each there has to be.
extension NexanestSeedTests {
    /// The tables that the document lists, by database.
    private static let tables: [String: [String]] = [
        "postgres.auth": [
            "users", "user_profiles", "refresh_tokens", "api_keys", "password_reset_tokens",
            "email_verification_tokens", "login_attempts", "user_sessions",
        ],
        "postgres.portfolio": [
            "portfolios", "holdings", "transactions", "portfolio_snapshots", "benchmarks", "watchlists",
            "portfolio_goals", "allocation_rules",
        ],
        "timescale.timescale": [
            "market_data.stock_prices", "market_data.market_indices", "market_data.currency_rates",
            "analytics_ts.portfolio_snapshots", "analytics_ts.risk_metrics", "events.system_events",
            "events.trading_events",
        ],
    ]

    /// Those of the tables that the document calls hypertables.
    private static let hypertables = [
        "market_data.stock_prices", "market_data.market_indices", "market_data.currency_rates", "events.system_events",
        "events.trading_events",
    ]

    /// How many rows there are at least, or what has to be true of them.
    private static let amounts: [(database: String, condition: String)] = [
        ("postgres.nexanest", "(SELECT count(*) >= 5 FROM plans)"),
        ("postgres.nexanest", "(SELECT count(*) >= 50 FROM instruments)"),
        ("postgres.nexanest", "(SELECT count(*) >= 850 FROM subscriptions)"),
        ("postgres.auth", "(SELECT count(*) >= 1000 FROM users JOIN user_profiles ON user_id = users.id)"),
        ("postgres.auth", "(SELECT count(*) >= 3000 AND count(DISTINCT user_id) >= 500 FROM user_sessions)"),
        ("postgres.auth", "(SELECT count(*) >= 300 FROM api_keys)"),
        ("postgres.auth", "(SELECT count(*) >= 3000 FROM login_attempts)"),
        ("postgres.portfolio", "(SELECT count(*) >= 500 FROM portfolios)"),
        (
            "postgres.portfolio",
            """
            NOT EXISTS (
                SELECT FROM portfolios p
                WHERE NOT EXISTS (SELECT FROM transactions t WHERE t.portfolio_id = p.id)
                   OR NOT EXISTS (SELECT FROM holdings h WHERE h.portfolio_id = p.id)
                   OR (SELECT count(*) FROM portfolio_snapshots s WHERE s.portfolio_id = p.id) < 30
            )
            """
        ),
        (
            "timescale.timescale",
            """
            (SELECT count(*) = 50 AND min(days) >= 30
               FROM (SELECT count(DISTINCT bucket::date) AS days FROM market_data.stock_prices_daily GROUP BY symbol) s)
            """
        ),
        ("timescale.timescale", "(SELECT count(*) >= 5000 FROM events.system_events)"),
        ("timescale.timescale", "(SELECT count(*) >= 4000 FROM events.trading_events)"),
        ("postgres.analytics", "(SELECT count(*) >= 350 FROM reports)"),
        ("postgres.notifications", "(SELECT count(*) >= 4000 FROM notifications)"),
    ]

    /// Expects everything of the document to be there under its own name, and enough of it.
    static func expectDocument(_ project: ProjectFixture) async throws {
        for (database, tables) in tables {
            for table in tables {
                let count = try await project.value("SELECT count(*) FROM \(table)", database)
                #expect(Int(count) ?? 0 > 0, "\(database) \(table)")
            }
        }
        for table in hypertables {
            let parts = table.split(separator: ".")
            let sql = """
                SELECT count(*) FROM timescaledb_information.hypertables
                WHERE hypertable_schema = '\(parts[0])' AND hypertable_name = '\(parts[1])'
                """
            #expect(try await project.value(sql, "timescale.timescale") == "1", "\(table)")
        }
        for (database, condition) in amounts {
            #expect(try await project.value("SELECT \(condition)", database) == "t", "\(database): \(condition)")
        }
        // Databases 0, 1 and 2, for what the document says of each.
        for (number, database) in ["cache", "cache_data", "sessions"].enumerated() {
            #expect(try await project.url("redis.\(database)").hasSuffix("/\(number)"))
        }
        let sessions = try await project.redis("redis.sessions") { connection in
            try await connection.send(["KEYS", "session:*"]).array?.count ?? 0
        }
        #expect(sessions >= 1_000)
    }
}
