import Foundation
import PostgresClient
import Testing

extension NexusSSOTTests {
    /// Roles give permissions, while they last and their user is active.
    static func expectPermissions(_ nexus: ShippedEnvironment) async throws {
        for (user, permission, isAllowed) in [
            ("admin", "anything:at_all", true), ("auditor", "transactions:read", true),
            ("auditor", "transactions:write", false), ("test.operator", "users:delete", true),
            ("test.operator", "roles:grant", true), ("test.operator", "audit:read", false),
            ("test.user", "accounts:write", true), ("test.user", "users:read", false),
            // Their second role has expired, and these two aren't active.
            ("test.user", "transactions:reverse", false), ("test.suspended", "accounts:read", false),
            ("test.pending", "accounts:read", false),
        ] {
            let sql = """
                SELECT user_has_permission(id, '\(permission)', '2025-10-01') FROM users WHERE username = '\(user)'
                """
            let answer = try await nexus.project.value(sql, database)
            #expect(answer == (isAllowed ? "t" : "f"), "\(user) \(permission)")
        }
        let unknown = """
            SELECT count(*) FROM api_endpoints AS e WHERE NOT is_public AND NOT EXISTS (
                SELECT FROM roles WHERE is_active AND permissions && ARRAY[
                    e.required_permission, split_part(e.required_permission, ':', 1) || ':*',
                    '*:' || split_part(e.required_permission, ':', 2)
                ]::text[]
            )
            """
        // Somebody besides the administrator may call each of them.
        #expect(try await nexus.project.value(unknown, database) == "0")
    }

    /// The tables that have personal rows.
    private static let personal = [
        "users", "user_roles", "api_keys", "financial_accounts", "transactions", "budgets", "budget_alerts",
        "analytics", "security_events", "compliance_violations", "audit_log",
    ]

    /// With a user set, `nexus_app` has that user's rows; without one, none.
    static func expectOwnRowsOnly(_ nexus: ShippedEnvironment) async throws {
        let id = try await nexus.project.value("SELECT id FROM users WHERE username = 'test.user'", database)
        let asUser = ["SET LOCAL ROLE nexus_app", "SET LOCAL app.current_user_id = '\(id)'"]
        let protected = try await nexus.strings(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r' ORDER BY 1",
            database
        )
        #expect(protected == personal.sorted())
        for table in personal {
            let none = try await nexus.trying(["SET LOCAL ROLE nexus_app", "SELECT count(id) FROM \(table)"], database)
            #expect(none == "0", "\(table)")
        }
        let owned = [
            ("users", "id = '\(id)'"), ("user_roles", "user_id = '\(id)'"), ("financial_accounts", "user_id = '\(id)'"),
            ("transactions", "account_id IN (SELECT id FROM financial_accounts WHERE user_id = '\(id)')"),
            ("budgets", "user_id = '\(id)'"),
            ("budget_alerts", "budget_id IN (SELECT id FROM budgets WHERE user_id = '\(id)')"),
            ("audit_log", "user_id = '\(id)'"),
        ]
        for (table, condition) in owned {
            let mine = try await nexus.project.value("SELECT count(*) FROM \(table) WHERE \(condition)", database)
            let seen = try await nexus.trying(asUser + ["SELECT count(id) FROM \(table)"], database)
            #expect(mine != "0" && seen == mine, "\(table)")
        }
        // Somebody else's rows can't be changed, since they aren't there.
        let changed =
            asUser + [
                "UPDATE financial_accounts SET name = 'Mine'", "RESET ROLE",
                "SELECT count(DISTINCT user_id) FROM financial_accounts WHERE name = 'Mine'",
            ]
        #expect(try await nexus.trying(changed, database) == "1")
        let ordering = { (account: String, status: String, type: String, amount: String) in
            asUser.joined(separator: ";\n") + """
                ;
                INSERT INTO transactions (account_id, transaction_type, amount, reference, status, posted_at)
                VALUES (\(account), '\(type)', \(amount), 'ordered', '\(status)', \(status == "posted" ? "now()" : "NULL"))
                """
        }
        let other = try await nexus.project.value(
            "SELECT id FROM financial_accounts WHERE user_id <> '\(id)' AND account_type = 'checking' LIMIT 1",
            database
        )
        let own = "(SELECT id FROM financial_accounts WHERE is_primary)"
        #expect(
            try await nexus.trying(
                [
                    ordering(own, "pending", "payment", "-1"),
                    "SELECT count(*) FROM transactions WHERE reference = 'ordered'",
                ],
                database
            ) == "1"
        )
        let user = asUser.joined(separator: ";\n") + ";\n"
        for statement in [
            ordering("'\(other)'", "pending", "payment", "-1"), ordering(own, "posted", "payment", "-1"),
            ordering(own, "pending", "deposit", "1000"),
            user + "SELECT password_hash FROM users", user + "SELECT key_hash FROM api_keys",
            user + "UPDATE financial_accounts SET balance = 1000000",
            user + "UPDATE users SET status = 'active'", user + "INSERT INTO user_roles (user_id) VALUES ('\(id)')",
            user + "UPDATE roles SET permissions = '{*:*}'", user + "DELETE FROM audit_log",
            user + "INSERT INTO budgets (user_id, name, category, period, starts_on, ends_on, amount) "
                + "SELECT gen_random_uuid(), 'x', 'other', 'weekly', current_date, current_date + 7, 1",
            user + "SELECT * FROM performance_metrics",
        ] {
            try await nexus.expectRefused("42501", statement, database)
        }
        // What a user does has their name in the audit log.
        let noted =
            asUser + [
                "UPDATE users SET first_name = 'Changed'", "RESET ROLE",
                "SELECT user_id || ' ' || database_role FROM audit_log ORDER BY occurred_at DESC LIMIT 1",
            ]
        #expect(try await nexus.trying(noted, database) == "\(id) nexus_app")
    }

    /// Who reads across users sees what they are for, and writes nothing.
    static func expectReaders(_ nexus: ShippedEnvironment) async throws {
        for (role, table) in [
            ("nexus_reader", "performance_metrics"), ("nexus_reader", "data_quality_metrics"),
            ("nexus_reader", "analytics"), ("nexus_reader", "ssot_anchors"), ("nexus_auditor", "audit_log"),
            ("nexus_auditor", "security_events"), ("nexus_auditor", "compliance_violations"),
        ] {
            let all = try await nexus.project.value("SELECT count(*) FROM \(table)", database)
            let seen = try await nexus.trying(["SET LOCAL ROLE \(role)", "SELECT count(id) FROM \(table)"], database)
            #expect(seen == all, "\(role) \(table)")
        }
        for (role, statement) in [
            ("nexus_reader", "SELECT user_id FROM analytics"), ("nexus_reader", "SELECT id FROM users"),
            ("nexus_reader", "SELECT id FROM audit_log"), ("nexus_reader", "DELETE FROM performance_metrics"),
            ("nexus_auditor", "SELECT id FROM financial_accounts"),
            ("nexus_auditor", "UPDATE security_events SET status = 'dismissed'"),
        ] {
            try await nexus.expectRefused("42501", "SET LOCAL ROLE \(role);\n\(statement)", database)
        }
        let superusers = try await nexus.strings(
            "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND rolname LIKE 'nexus%'",
            database
        )
        #expect(superusers == [])
    }
}
