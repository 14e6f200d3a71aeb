import Testing

extension NexanestTests {
    /// Rows that are only ever added stay as they are, also for the owner.
    static func expectKeptRows(_ nexanest: ShippedEnvironment, in databases: [String]) async throws {
        for (database, table, change) in [
            ("postgres.auth", "audit_log", "actor_role = 'nobody'"),
            ("postgres.portfolio", "audit_log", "actor_role = 'nobody'"),
            (timescale, "events.system_events", "severity = 'debug'"),
            (timescale, "events.system_events", "user_id = gen_random_uuid()"),
            (timescale, "events.trading_events", "quantity = quantity + 1"),
        ] where databases.contains(database) {
            try await nexanest.expectRefused("42501", "UPDATE \(table) SET \(change)", database)
            try await nexanest.expectRefused("42501", "DELETE FROM \(table)", database)
        }
    }

    /// What is changed is in the audit logs: in `auth` by the names of columns, in `portfolio` with the row.
    static func expectAudit(_ nexanest: ShippedEnvironment) async throws {
        let id = try await somebody(nexanest)
        let profile = [
            "SET LOCAL ROLE auth_app", "SET LOCAL app.current_user_id = '\(id)'",
            "UPDATE user_profiles SET phone = '+15550100'", "RESET ROLE",
            """
            SELECT concat_ws(' ', action, table_name, changed_columns, actor_id = '\(id)', row_id = '\(id)')
            FROM audit_log ORDER BY occurred_at DESC LIMIT 1
            """,
        ]
        #expect(try await nexanest.trying(profile, "postgres.auth") == "update user_profiles {phone} t t")
        let correction = [
            "UPDATE transactions SET fees = fees + 1 WHERE id = (SELECT min(id::text)::uuid FROM transactions WHERE type = 'buy')",
            """
            SELECT concat_ws(' ', action, table_name, (new_row ->> 'fees')::numeric - (old_row ->> 'fees')::numeric)
            FROM audit_log ORDER BY occurred_at DESC LIMIT 1
            """,
        ]
        #expect(try await nexanest.trying(correction, "postgres.portfolio") == "update transactions 1.0000")
        // A correction reaches the holding.
        let holding = "UPDATE transactions SET quantity = quantity + 1 WHERE type = 'buy' AND symbol <> 'NOVA'"
        let matches = [holding, "SELECT holdings_match_transactions()"]
        #expect(try await nexanest.trying(matches, "postgres.portfolio") == "t")
        let beyond = "UPDATE allocation_rules SET target_percent = 60"
        try await nexanest.expectRefused("23514", beyond, "postgres.portfolio")
    }

    /// Five failures for an address or twenty from a host within a quarter of an hour are too many.
    static func expectLoginsBlocked(_ nexanest: ShippedEnvironment) async throws {
        func blocked(_ failures: Int, email: String, ago minutes: Int = 1) async throws -> String? {
            let attempts = """
                INSERT INTO login_attempts (email, ip_address, succeeded, failure_reason, attempted_at)
                SELECT \(email), '203.0.113.99', false, 'wrong_password', now() - interval '\(minutes) minutes'
                FROM generate_series(1, \(failures)) AS n
                """
            let question = "SELECT login_is_blocked('x@example.test', '203.0.113.99')"
            return try await nexanest.trying([attempts, question], "postgres.auth")
        }
        #expect(try await blocked(4, email: "'x@example.test'") == "f")
        #expect(try await blocked(5, email: "'X@example.test'") == "t")
        #expect(try await blocked(5, email: "'x@example.test'", ago: 16) == "f")
        #expect(try await blocked(19, email: "n || '@example.test'") == "f")
        #expect(try await blocked(20, email: "n || '@example.test'") == "t")
    }

    /// Each database gives out what it knows about a person, and forgets it; what is left is proof, and says so in the README.
    static func expectPersonForgotten(_ nexanest: ShippedEnvironment, in databases: [String]) async throws {
        let id = try await somebody(nexanest)
        let email = try await nexanest.project.value("SELECT email FROM users WHERE id = '\(id)'", "postgres.auth")
        let left = ["postgres.auth": "audit_log"]
        let request = "INSERT INTO privacy_requests (user_id, kind) VALUES ('\(id)', 'erase')"
        let steps = [request, "SELECT count(*) FROM privacy_request_steps WHERE created_at = now()"]
        #expect(try await nexanest.trying(steps, "postgres.nexanest") == "6")
        for database in databases {
            let mentions = ShippedEnvironment.tablesMentioning([id, email])
            let before = try await nexanest.trying([mentions], database)
            #expect(before?.isEmpty == false && before != "none", "\(database)")
            let export = "SELECT export_user_data('\(id)')::text"
            let known = try await nexanest.project.value(export, database)
            #expect(known.contains(id), "\(database)")
            #expect(!known.contains("_hash"), "\(database)")
            let erased = try await nexanest.trying(["SELECT erase_user_data('\(id)')"], database)
            #expect(erased == "t", "\(database)")
            let after = try await nexanest.trying(["SELECT erase_user_data('\(id)')", mentions], database)
            let proof = database == "postgres.nexanest" ? ["none", "privacy_requests"] : [left[database] ?? "none"]
            #expect(proof.contains(after ?? ""), "\(database): \(after ?? "")")
            let unknown = try await nexanest.trying(["SELECT erase_user_data(gen_random_uuid())"], database)
            #expect(unknown == "f", "\(database)")
        }
        let kept = ["SELECT erase_user_data('\(id)')", "SELECT count(*) FROM transactions"]
        let all = try await nexanest.project.value("SELECT count(*) FROM transactions", "postgres.portfolio")
        #expect(try await nexanest.trying(kept, "postgres.portfolio") == all)
    }

    static func expectStatistics(_ nexanest: ShippedEnvironment, in databases: [String]) async throws {
        for database in ["postgres.nexanest", timescale] where databases.contains(database) {
            let count = try await nexanest.project.value("SELECT count(*) FROM pg_stat_statements", database)
            #expect(Int(count) ?? 0 > 0, "\(database)")
        }
    }

    /// Under the Community licence there are aggregates and policies; under the Apache licence views of the same names.
    static func expectTimescale(_ nexanest: ShippedEnvironment) async throws {
        let bars = ["currency_rates_daily", "market_indices_daily", "stock_prices_daily", "stock_prices_hourly"]
        let views = "SELECT viewname FROM pg_views WHERE schemaname = 'market_data' ORDER BY 1"
        #expect(try await nexanest.strings(views, timescale) == bars)
        let license = try await nexanest.project.value("SHOW timescaledb.license", timescale)
        let aggregates = """
            SELECT view_name FROM timescaledb_information.continuous_aggregates
             WHERE view_schema = 'market_data' ORDER BY 1
            """
        #expect(try await nexanest.strings(aggregates, timescale) == (license == "timescale" ? bars : []))
        let jobs = """
            SELECT proc_name || ' ' || count(*) FROM timescaledb_information.jobs
             WHERE proc_name IN ('policy_retention', 'policy_compression', 'policy_refresh_continuous_aggregate')
             GROUP BY proc_name ORDER BY 1
            """
        let policies = ["policy_compression 3", "policy_refresh_continuous_aggregate 4", "policy_retention 7"]
        #expect(try await nexanest.strings(jobs, timescale) == (license == "timescale" ? policies : []))
        // Nobody reads past the policies of a personal table by naming a part of it.
        let parts = """
            SELECT DISTINCT chunk_schema FROM timescaledb_information.chunks
             WHERE hypertable_schema IN ('analytics_ts', 'events')
            """
        #expect(try await nexanest.strings(parts, timescale) == ["private_chunks"])
        let chunks = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'private_chunks'"
        for chunk in try await nexanest.strings(chunks, timescale) {
            for role in ["timescale_app", "analytics_reader"] {
                try await nexanest.expectRefused("42501", "SET LOCAL ROLE \(role); SELECT FROM \(chunk)", timescale)
            }
        }
        // A day of risk for each of the last ten days of trading.
        let risks = "SELECT count(DISTINCT time) || ' ' || min(window_days) FROM analytics_ts.risk_metrics"
        #expect(try await nexanest.project.value(risks, timescale) == "10 20")
    }
}
