import Foundation
import Testing

/// The environment `nexus-ssot` has everything that its document names, filled, and refuses what it has to refuse.
@Suite(.waitsForSlots)
struct NexusSSOTTests {
    static let database = "postgres.nexus"

    /// The document's core tables by their headings, and `api_keys` for its "API key authentication".
    private static let tables: [String: [String]] = [
        "Users and Authentication": ["users", "roles", "user_roles", "api_keys"],
        "API Management": ["api_endpoints", "alias_definitions", "ssot_anchors"],
        "Financial Services": ["financial_accounts", "transactions", "budgets", "budget_alerts"],
        "Analytics and Monitoring": ["analytics", "performance_metrics", "data_quality_metrics"],
        "Security and Compliance": ["security_events", "compliance_violations", "audit_log"],
    ]

    /// The document's indexes, with what each is on.
    private static let indexes = [
        "ix_users_email": "users USING btree (email)", "ix_users_username": "users USING btree (username)",
        "ix_api_endpoints_name": "api_endpoints USING btree (name)",
        "ix_analytics_event_type": "analytics USING btree (event_type)",
        "ix_analytics_timestamp": "analytics USING btree (\"timestamp\")",
        "ix_performance_metrics_service_name": "performance_metrics USING btree (service_name)",
    ]

    /// Its migrations, which were Alembic's.
    private static let migrations = [
        "3f58f4ec6ef4_create_ssot_tables", "4a1b2c3d4e5f_create_main_schema", "5b2c3d4e5f6g_create_enhanced_models",
    ]

    /// Its relationships: the table with the foreign key, and the one that it points to.
    private static let relationships = [
        "user_roles users", "user_roles roles", "financial_accounts users", "transactions financial_accounts",
        "budgets users", "budget_alerts budgets", "security_events users", "compliance_violations users",
    ]

    @Test(
        "it is filled and consistent, seeding it again changes nothing, and it refuses what it has to",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func nexusSSOT(place: Place) async throws {
        let variables: [String: String?] = ["ADMIN_PASSWORD": nil, "AUDITOR_PASSWORD": nil, "TEST_PASSWORD": nil]
        try await ShippedEnvironment.with("nexus-ssot", in: place, variables: variables) { nexus in
            try await nexus.expectSound()
            try await Self.expectNamesOfTheDocument(nexus)
            try await Self.expectRulesOfTheSchema(nexus)
            try await Self.expectSums(nexus)
            try await Self.expectNames(nexus)
            try await Self.expectConstraints(nexus)
            try await Self.expectMoneyMoved(nexus)
            try await Self.expectAudit(nexus)
            try await Self.expectPermissions(nexus)
            try await Self.expectOwnRowsOnly(nexus)
            try await Self.expectReaders(nexus)
            try await Self.expectMonitoring(nexus)
            if place == .native { try await nexus.expectRestored(Self.database) }
        }
    }

    @Test("in another mode there are roles, endpoints, names and two administrators, and nobody else", .native)
    func production() async throws {
        try await ShippedEnvironment.with(
            "nexus-ssot",
            in: .native,
            mode: "production",
            adding: "modes: { production: {} }",
            variables: ["ADMIN_EMAIL": "chief@nexus.test", "ADMIN_PASSWORD": "only-here-1"]
        ) { nexus in
            let people = try await nexus.strings("SELECT email FROM users ORDER BY username", Self.database)
            #expect(people == ["chief@nexus.test", "auditor@nexus.local"])
            let filled = "SELECT count(*) > 0 FROM"
            for table in ["roles", "api_endpoints", "ssot_anchors", "alias_definitions"] {
                #expect(try await nexus.project.value("\(filled) \(table)", Self.database) == "t", "\(table)")
            }
            #expect(try await nexus.project.value("SELECT count(*) FROM transactions", Self.database) == "0")
            try await nexus.expectSeededAgainWithoutChanges()
        }
    }

    private static func expectNamesOfTheDocument(_ nexus: ShippedEnvironment) async throws {
        let expected = tables.values.joined().map { "public.\($0)" }
        #expect(try await nexus.tables(database) == expected.sorted())
        #expect(expected.count == 17)
        for (index, columns) in indexes {
            let sql = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname = '\(index)'"
            let found = try await nexus.strings(sql, database)
            #expect(found.count == 1 && found[0].hasSuffix("ON public.\(columns)"), "\(index): \(found)")
        }
        let status = try await nexus.project.nexenv("migrate", "status", "--json").json["databases"].elements
        #expect(status.flatMap { $0["migrations"].elements.compactMap { $0["name"].text } } == migrations)
        let keys = try await nexus.strings(
            "SELECT DISTINCT conrelid::regclass || ' ' || confrelid::regclass FROM pg_constraint WHERE contype = 'f'",
            database
        )
        for relationship in relationships { #expect(keys.contains(relationship), "\(relationship)") }
        for column in ["users.email", "users.username"] {
            let parts = column.split(separator: ".")
            let sql = """
                SELECT count(*) FROM pg_constraint AS k
                JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
                WHERE k.contype = 'u' AND k.conrelid = '\(parts[0])'::regclass AND a.attname = '\(parts[1])'
                """
            #expect(try await nexus.project.value(sql, database) == "1", "\(column) is unique")
        }
        // The README says where each of them is.
        let path = nexus.project.folder + "/environments/nexus-ssot/README.md"
        let readme = try String(contentsOfFile: path, encoding: .utf8)
        for name in expected.map({ $0.dropFirst("public.".count) }) + indexes.keys.map({ $0[...] }) {
            #expect(readme.contains("`\(name)`"), "\(name)")
        }
    }

    /// The document's rules for types and constraints, which a view looks after: it finds what breaks one.
    private static func expectRulesOfTheSchema(_ nexus: ShippedEnvironment) async throws {
        #expect(try await nexus.strings("SELECT problem FROM monitoring.schema_audit_report", database) == [])
        let report = "SELECT string_agg(problem, '; ' ORDER BY problem) FROM monitoring.schema_audit_report"
        let found = try await nexus.trying(
            [
                """
                CREATE TABLE careless (
                    id int PRIMARY KEY, user_id uuid REFERENCES users, amount numeric(10,2), status text,
                    at timestamp, updated_at timestamptz
                )
                """, "CREATE INDEX ON careless (user_id) WHERE status = 'good'", report,
            ],
            database
        )
        #expect(
            found == """
                amount is money and no numeric(15,2); \
                amount may be NULL, and no comment says what that means; at is a time without a zone; \
                at may be NULL, and no comment says what that means; careless_user_id_fkey has no index; \
                changes aren't audited; has no primary key `id` of type uuid; isn't described; \
                status is checked by nothing; status may be NULL, and no comment says what that means; \
                updated_at is kept by nothing; updated_at may be NULL, and no comment says what that means; \
                user_id may be NULL, and no comment says what that means
                """
        )
        let sequences = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
        #expect(try await nexus.project.value(sequences, database) == "0", "ids are UUIDs, not numbers")
    }

    /// Tables whose rows are somebody's, with the time from which on they are.
    private static let times = [
        ("user_roles", "granted_at"), ("api_keys", "created_at"), ("financial_accounts", "opened_at"),
        ("budgets", "created_at"), ("analytics", "timestamp"), ("security_events", "occurred_at"),
        ("compliance_violations", "detected_at"),
    ]

    /// What has to be true of the rows: a condition each.
    private static func expectSums(_ nexus: ShippedEnvironment) async throws {
        for condition in [
            "NOT EXISTS (SELECT FROM account_balance_check)",
            // No account was ever below what it may be.
            """
            NOT EXISTS (
                SELECT FROM (
                    SELECT a.opening_balance + a.credit_limit + sum(t.amount) OVER (
                        PARTITION BY a.id ORDER BY t.posted_at, t.id
                    ) AS room
                    FROM financial_accounts AS a
                    JOIN transactions AS t ON t.account_id = a.id AND t.status = 'posted'
                ) AS r WHERE room < 0
            )
            """,
            // Money that left one account arrived on another one.
            """
            (SELECT sum(amount) = 0 FROM transactions WHERE transaction_type IN ('transfer_in', 'transfer_out'))
            """,
            // A threshold has an alert when spending is beyond it.
            """
            NOT EXISTS (
                SELECT FROM budget_status AS s
                JOIN budgets AS b ON b.id = s.budget_id AND b.status <> 'paused'
                CROSS JOIN unnest(b.alert_thresholds) AS x (threshold)
                LEFT JOIN budget_alerts AS a ON a.budget_id = b.id AND a.threshold_percent = x.threshold
                WHERE s.percent >= x.threshold AND a.id IS NULL
            )
            """,
            "(SELECT bool_and(is_passing = (score >= threshold)) FROM data_quality_metrics)",
            "(SELECT count(DISTINCT status) = 4 FROM transactions)",
            "(SELECT count(DISTINCT account_type) = 5 FROM financial_accounts)",
            // Where the database refuses what would fail, nothing has ever failed.
            "NOT EXISTS (SELECT FROM data_quality_metrics WHERE threshold = 100 AND rows_failed > 0)",
            "(SELECT max((details ->> 'week')::int) = 40 FROM data_quality_metrics)",
            // A visit is of one user, and soon over.
            """
            NOT EXISTS (
                SELECT FROM analytics GROUP BY session_id HAVING session_id IS NOT NULL AND (
                    count(DISTINCT user_id) <> 1 OR max(timestamp) - min(timestamp) > interval '40 minutes'
                )
            )
            """,
            """
            NOT EXISTS (
                SELECT FROM analytics AS a JOIN api_endpoints AS e ON e.id = a.endpoint_id
                WHERE e.status IN ('draft', 'retired')
            )
            """,
            "(SELECT count(DISTINCT event_type) = 8 FROM security_events)",
            """
            (SELECT bool_and((user_id IS NULL) = (details ->> 'reason' = 'unknown_name'))
               FROM security_events WHERE event_type = 'login_failed')
            """,
            """
            (SELECT count(*) FROM api_keys WHERE status = 'revoked')
                = (SELECT count(*) FROM security_events WHERE event_type = 'api_key_revoked')
            """,
            // What the README counts and names.
            "(SELECT count(*) FROM roles) = 7 AND (SELECT count(*) FROM api_endpoints) = 40",
            """
            (SELECT count(*) = 140 AND count(*) FILTER (WHERE username LIKE 'test.%') = 6
                AND count(*) FILTER (WHERE username LIKE 'former-%') = 12 FROM users)
            """,
            "(SELECT count(DISTINCT user_id) = 61 FROM financial_accounts)",
            """
            (SELECT key_hash = encode(sha256('nxs_test0001_everybody-knows-this-key'), 'hex')
               FROM api_keys WHERE key_prefix = 'nxs_test0001')
            """,
        ] {
            #expect(try await nexus.project.value("SELECT \(condition)", database) == "t", "\(condition)")
        }
        for table in ["api_endpoints", "ssot_anchors", "financial_accounts", "transactions"] {
            let filled = try await nexus.project.value("SELECT count(*) FROM \(table) WHERE metadata <> '{}'", database)
            #expect(filled != "0", "\(table)")
        }
        // Nothing happened to anybody before they were there.
        for (table, time) in times {
            let earlier = """
                SELECT count(*) FROM users AS u JOIN \(table) AS t ON t.user_id = u.id WHERE t.\(time) < u.created_at
                """
            #expect(try await nexus.project.value(earlier, database) == "0", "\(table)")
        }
    }

    /// Anchors are those of the tables, and an alias leads to one.
    private static func expectNames(_ nexus: ShippedEnvironment) async throws {
        let differing = """
            SELECT count(*) FROM (
                SELECT source_table::text, source_column::text FROM ssot_anchors WHERE anchor_type = 'attribute'
            ) AS a FULL JOIN (
                SELECT table_name::text, column_name::text FROM information_schema.columns AS c
                JOIN information_schema.tables AS t USING (table_schema, table_name)
                WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            ) AS c ON c.table_name = a.source_table AND c.column_name = a.source_column
            WHERE a.source_table IS NULL OR c.table_name IS NULL
            """
        #expect(try await nexus.project.value(differing, database) == "0")
        let resolved = """
            SELECT string_agg(a.name, ' ' ORDER BY n)
            FROM unnest(ARRAY[
                resolve_alias('users.lastLoginAt', 'api'),
                resolve_alias('usr_mail', 'legacy'),
                resolve_alias('transactions.amount', 'api'),
                resolve_alias('transactions.amount', 'api', (SELECT id FROM api_endpoints WHERE name = 'export_report'))
            ]) WITH ORDINALITY AS r (id, n)
            JOIN ssot_anchors AS a ON a.id = r.id
            """
        let names = try await nexus.project.value(resolved, database)
        #expect(names == "users.last_login_at users.email transactions.amount monthly_spending")
        let similar = """
            SELECT alias FROM alias_definitions WHERE alias % 'custmerEmail'
            ORDER BY similarity(alias, 'custmerEmail') DESC LIMIT 1
            """
        #expect(try await nexus.project.value(similar, database) == "customerEmail")
    }

    private static func expectMonitoring(_ nexus: ShippedEnvironment) async throws {
        for view in ["slow_queries", "index_usage", "table_health", "connections", "database_health"] {
            let rows = try await nexus.project.value("SELECT count(*) > 0 FROM monitoring.\(view)", database)
            #expect(rows == "t", "\(view)")
        }
        let settings = try await nexus.strings(
            "SELECT name || '=' || setting FROM pg_settings WHERE name IN ('log_min_duration_statement', 'wal_level')",
            database
        )
        #expect(settings.sorted() == ["log_min_duration_statement=250", "wal_level=replica"])
    }
}
