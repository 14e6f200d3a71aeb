import PostgresClient
import Testing

extension NexusTests {
    /// What a service says to work for a user of this address.
    static func acting(as email: String) -> [String] {
        [
            "SELECT set_config('app.user_id', (SELECT id::text FROM users WHERE email = '\(email)'), true)",
            "SET LOCAL ROLE nexus_app",
        ]
    }

    static func expectAudit(_ nexus: ShippedEnvironment) async throws {
        let entry = """
            SELECT action || ' ' || (before ->> 'role') || ' ' || (after ->> 'role') || ' ' || changed_columns::text
                || ' ' || (after ?| '{name, email, phone, password_hash}') || ' ' || (actor_id IS NOT NULL)
              FROM audit_logs WHERE table_name = 'users' ORDER BY occurred_at DESC LIMIT 1
            """
        let changed = try await nexus.trying(
            acting(as: "brand@nexus.local") + ["UPDATE users SET name = 'Bea'", "RESET ROLE", entry],
            database
        )
        #expect(changed == "update brand brand {name} false true")
        let password = try await nexus.trying(
            [
                "UPDATE users SET password_hash = '$new' WHERE email = 'brand@nexus.local'",
                "SELECT changed_columns FROM audit_logs ORDER BY occurred_at DESC LIMIT 1",
            ],
            database
        )
        #expect(password == "{password_hash}")
        // Also for the owner of the tables.
        for table in ["audit_logs", "rights_ledger_entries"] {
            try await nexus.expectRefused("42501", "DELETE FROM \(table)", database)
        }
        try await nexus.expectRefused("42501", "UPDATE audit_logs SET actor_role = 'nobody'", database)
        try await nexus.expectRefused("42501", "UPDATE audit_logs_2025 SET actor_role = 'nobody'", database)
        try await nexus.expectRefused("42501", "UPDATE rights_ledger_entries SET terms = '{}'", database)
        try await nexus.expectRefused("42501", "UPDATE consent_records SET is_granted = true", database)
        let consent = ["DELETE FROM consent_records", "SELECT count(*) FROM consent_records"]
        #expect(try await nexus.trying(consent, database) == "0")
    }

    static func expectUsersDeletedSoftly(_ nexus: ShippedEnvironment) async throws {
        let user = "email = 'brand@nexus.local'"
        let state = "SELECT count(*) || ' ' || count(deleted_at) FROM users WHERE \(user)"
        #expect(try await nexus.trying(["DELETE FROM users WHERE \(user)", state], database) == "1 1")
        let sessions = "SELECT count(*) FROM sessions WHERE user_id = (SELECT id FROM users WHERE \(user))"
        #expect(try await nexus.trying([sessions], database) == "1")
        #expect(try await nexus.trying(["DELETE FROM users WHERE \(user)", sessions], database) == "0")
        let again = "INSERT INTO users (email, name) VALUES ('brand@nexus.local', 'Another')"
        try await nexus.expectRefused("23505", again, database)
        #expect(try await nexus.trying(["DELETE FROM users WHERE \(user)", again, state], database) == "2 1")
        #expect(
            try await nexus.trying(["SELECT count(*) FROM active_users WHERE email = 'deleted@nexus.local'"], database)
                == "0"
        )
        // For good: with what is a part of the user.
        let gone = [
            "CREATE TEMPORARY TABLE gone AS SELECT id FROM users WHERE \(user)", "SET LOCAL app.hard_delete = 'on'",
            "DELETE FROM users WHERE \(user)",
            """
            SELECT (SELECT count(*) FROM users WHERE \(user)) + (SELECT count(*) FROM organization_members
            WHERE user_id IN (SELECT id FROM gone)) + (SELECT count(*) FROM consent_records WHERE user_id IN
            (SELECT id FROM gone))
            """,
        ]
        #expect(try await nexus.trying(gone, database) == "0")
        // A campaign takes its parts with it.
        let campaign = [
            "DELETE FROM campaigns WHERE status = 'draft'",
            """
            SELECT count(*) FROM campaign_briefs b WHERE NOT EXISTS (SELECT FROM campaigns c WHERE c.id =
            b.campaign_id)
            """,
        ]
        #expect(try await nexus.trying(campaign, database) == "0")
    }

    static func expectOwnRowsOnly(_ nexus: ShippedEnvironment) async throws {
        // Every table has row-level security.
        let open =
            """
            SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN
            ('r', 'p') AND NOT c.relispartition AND NOT c.relrowsecurity
            """
        #expect(try await nexus.strings(open, database).isEmpty)
        let brand = acting(as: "brand@nexus.local")
        let seen: [(user: [String], query: String, value: String)] = [
            (brand, "SELECT string_agg(email, ' ') FROM (SELECT email FROM users) u", "brand@nexus.local"),
            (brand, "SELECT string_agg(slug, ' ') FROM organizations", "aurora-skincare"),
            (brand, "SELECT count(DISTINCT organization_id) FROM campaigns", "1"),
            (brand, "SELECT count(*) FROM orders WHERE organization_id <> (SELECT id FROM organizations)", "0"),
            (brand, "SELECT count(*) > 0 FROM orders", "t"),
            (brand, "SELECT count(*) FROM creator_earnings", "0"),
            (brand, "SELECT count(*) FROM payout_methods", "0"),
            (brand, "SELECT count(*) = 121 FROM creators", "t"),
            (
                brand,
                "SELECT count(*) > 0 AND bool_and(organization_id = (SELECT id FROM organizations)) FROM invoices", "t"
            ),
            (brand, "SELECT count(*) > 0 FROM milestones", "t"),
            (["SET LOCAL ROLE nexus_app"], "SELECT count(*) FROM campaigns", "0"),
            (["SET LOCAL ROLE nexus_app"], "SELECT count(*) FROM notifications", "0"),
            (["SET LOCAL ROLE nexus_app"], "SELECT count(*) FROM users", "0"),
            (["SET LOCAL ROLE nexus_app"], "SELECT count(*) FROM plans", "4"),
            (["SET LOCAL ROLE nexus_reader"], "SELECT count(*) > 100 FROM contracts", "t"),
        ]
        for (user, query, value) in seen {
            #expect(try await nexus.trying(user + [query], database) == value, "\(query)")
        }
        // Another's rows aren't there to be changed.
        let others =
            brand + [
                """
                WITH changed AS (UPDATE campaigns SET description = '' WHERE organization_id <> (SELECT id
                FROM organizations) RETURNING 1) SELECT count(*) FROM changed
                """
            ]
        #expect(try await nexus.trying(others, database) == "0")
        let creator = (acting(as: "creator@nexus.local") + [""]).joined(separator: ";\n")
        let service = (brand + [""]).joined(separator: ";\n")
        let refused = [
            (
                service,
                """
                INSERT INTO campaigns (organization_id, name, slug, goal, budget, starts_on, ends_on) SELECT
                gen_random_uuid(), 'x', 'x', 'content', 1, '2025-10-01', '2025-10-02'
                """
            ),
            (service, "SELECT password_hash FROM users"), (service, "SELECT token_hash FROM sessions"),
            (service, "SELECT ciphertext FROM integration_credentials"), (service, "DELETE FROM users"),
            (service, "UPDATE users SET role = 'admin'"), (service, "UPDATE invoices SET status = 'void'"),
            (service, "INSERT INTO audit_logs (action, table_name, after) VALUES ('insert', 'users', '{}')"),
            (service, "SELECT * FROM audit_logs_2025"), (service, "SELECT erase_user(app_user_id())"),
            (creator, "UPDATE creators SET rating_count = 99"),
            (
                creator,
                """
                INSERT INTO bids (opportunity_id, creator_id, amount, delivery_days, status, decided_at)
                SELECT id, app_creator_id(), 1, 1, 'accepted', now() FROM opportunities LIMIT 1
                """
            ),
            (
                creator,
                """
                INSERT INTO bids (opportunity_id, creator_id, amount, delivery_days) SELECT o.id, c.id, 1, 1
                FROM opportunities o, creators c WHERE c.id <> app_creator_id()
                """
            ),
            ("SET LOCAL ROLE nexus_reader;", "SELECT email FROM users"),
            ("SET LOCAL ROLE nexus_reader;", "SELECT customer_email FROM orders"),
            ("SET LOCAL ROLE nexus_reader;", "DELETE FROM campaigns"),
        ]
        for (user, statement) in refused { try await nexus.expectRefused("42501", user + statement, database) }
    }

    static func expectSearches(_ nexus: ShippedEnvironment) async throws {
        let found = [
            ("SELECT handle FROM creators WHERE search @@ websearch_to_tsquery('english', 'coffee video')", "cleo"),
            (
                """
                SELECT slug FROM organizations WHERE name % 'Arora Skincar' ORDER BY similarity(name,
                'Arora Skincar') DESC
                """,
                "aurora-skincare"
            ),
            ("SELECT count(*) > 0 FROM contents WHERE metadata @> '{\"camera\": \"phone\"}'", "t"),
            ("SELECT count(*) > 0 FROM products WHERE search @@ to_tsquery('english', 'bags')", "t"),
        ]
        for (query, value) in found { #expect(try await nexus.trying([query], database) == value, "\(query)") }
        let plans = [
            ("SELECT id FROM contents WHERE search @@ to_tsquery('english', 'travel')", "contents_search_idx"),
            ("SELECT id FROM organizations WHERE name ILIKE '%skincare%'", "organizations_name_trgm_idx"),
            ("SELECT id FROM contents WHERE metadata @> '{\"camera\": \"phone\"}'", "contents_metadata_idx"),
            (
                "SELECT id FROM campaigns WHERE status = 'active' AND organization_id = '00000000-0000-0000-0000-000000000000'",
                "campaigns_active_idx"
            ),
        ]
        for (query, index) in plans {
            let plan = try await nexus.project.postgres(database) { connection in
                try await connection.execute("SET enable_seqscan = off")
                return try await connection.query("EXPLAIN \(query)").map { try $0.string(0) }.joined(separator: "\n")
            }
            #expect(plan.contains(index), "\(query)\n\(plan)")
        }
    }
}
