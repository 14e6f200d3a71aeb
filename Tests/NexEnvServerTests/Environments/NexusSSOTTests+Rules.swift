import Foundation
import PostgresClient
import Testing

extension NexusSSOTTests {
    /// Each rule with a statement that breaks it, as the owner: 23514 is a check, 23505 unique, 23503 a foreign key.
    private static let refusals: [(sqlState: String, statement: String)] = [
        (
            "23505",
            "INSERT INTO users (username, email, password_hash, first_name, last_name) "
                + "SELECT 'another', email, '$', '', '' FROM users WHERE username = 'admin'"
        ),
        (
            "23505",
            "INSERT INTO users (username, email, password_hash, first_name, last_name) "
                + "VALUES ('admin', 'another@nexus.test', '$', '', '')"
        ),
        ("23514", "UPDATE users SET email = 'Admin@Nexus.Test' WHERE username = 'admin'"),
        ("23514", "UPDATE users SET is_verified = false WHERE status = 'active'"),
        ("23514", "UPDATE users SET password_hash = 'readable'"),
        ("23502", "UPDATE users SET email = NULL"),
        ("22001", "UPDATE users SET first_name = repeat('x', 101)"),
        ("23503", "DELETE FROM users WHERE username = 'test.user'"),
        ("23503", "DELETE FROM roles WHERE name = 'user'"),
        ("23514", "UPDATE roles SET permissions = '{everything}'"),
        ("23505", "INSERT INTO user_roles (user_id, role_id) SELECT user_id, role_id FROM user_roles LIMIT 1"),
        ("23514", "UPDATE api_keys SET key_hash = 'readable'"),
        ("23514", "UPDATE api_keys SET status = 'revoked' WHERE status = 'active'"),
        ("23505", "INSERT INTO api_endpoints (name, method, path, is_public) VALUES ('again', 'GET', '/health', true)"),
        ("23514", "UPDATE api_endpoints SET required_permission = NULL WHERE NOT is_public"),
        (
            "23505",
            "INSERT INTO alias_definitions (alias, context, anchor_id) "
                + "SELECT 'usr_mail', 'legacy', id FROM ssot_anchors WHERE name = 'users.phone'"
        ),
        ("23514", "UPDATE ssot_anchors SET parent_id = NULL WHERE anchor_type = 'attribute'"),
        ("23514", "UPDATE financial_accounts SET balance = -100000"),
        ("23514", "UPDATE financial_accounts SET status = 'closed', closed_at = now() WHERE balance > 0"),
        ("23505", "UPDATE financial_accounts SET is_primary = true"),
        ("23503", "DELETE FROM financial_accounts"),
        ("23000", "UPDATE transactions SET amount = amount * 2 WHERE status = 'posted'"),
        ("23000", "UPDATE transactions SET status = 'pending', posted_at = NULL WHERE status = 'posted'"),
        ("23000", "DELETE FROM transactions WHERE status = 'posted'"),
        (
            "23514",
            "INSERT INTO transactions (account_id, transaction_type, amount, reference) "
                + "SELECT id, 'payment', 5, 'positive' FROM financial_accounts LIMIT 1"
        ),
        (
            "23514",
            "INSERT INTO transactions (account_id, transaction_type, amount, reference) "
                + "SELECT id, 'gift', 5, 'unknown' FROM financial_accounts LIMIT 1"
        ),
        (
            "23514",
            "INSERT INTO transactions (account_id, transaction_type, amount, reference, reversal_of_id) "
                + "SELECT account_id, 'reversal', 1, 'too little', id FROM transactions "
                + "WHERE transaction_type = 'withdrawal' LIMIT 1"
        ),
        (
            "23514",
            "INSERT INTO transactions (account_id, transaction_type, amount, reference, transfer_from_id) "
                + "SELECT account_id, 'transfer_in', -amount, 'to itself', id FROM transactions "
                + "WHERE transaction_type = 'withdrawal' LIMIT 1"
        ),
        (
            "23P01",
            "INSERT INTO budgets (user_id, name, category, period, starts_on, ends_on, amount) "
                + "SELECT user_id, 'overlapping', category, 'weekly', ends_on, ends_on + 6, 1 FROM budgets "
                + "WHERE status = 'active' LIMIT 1"
        ),
        ("23514", "UPDATE budgets SET alert_thresholds = '{0}'"),
        ("23514", "UPDATE budget_alerts SET spent_amount = 0"),
        ("23514", "UPDATE analytics SET event_type = 'Not A Name'"),
        ("23514", "UPDATE performance_metrics SET value = 101 WHERE unit = 'percent'"),
        ("23514", "UPDATE data_quality_metrics SET rows_failed = rows_checked + 1"),
        ("428C9", "UPDATE data_quality_metrics SET score = 100"),
        ("23514", "UPDATE security_events SET severity = 'critical' WHERE status = 'recorded'"),
        ("23514", "UPDATE compliance_violations SET status = 'remediated' WHERE status = 'open'"),
        ("23514", "UPDATE compliance_violations SET regulation = 'NONE'"),
    ]

    static func expectConstraints(_ nexus: ShippedEnvironment) async throws {
        for (sqlState, statement) in refusals { try await nexus.expectRefused(sqlState, statement, database) }
        // A bad status, in every table that has one.
        let tables = try await nexus.strings(
            """
            SELECT c.relname FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'status' AND NOT a.attisdropped
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1
            """,
            database
        )
        #expect(tables.count == 11)
        for table in tables {
            let isOpen = table == "transactions" ? " WHERE status = 'pending'" : ""
            try await nexus.expectRefused("23514", "UPDATE \(table) SET status = 'nonsense'\(isOpen)", database)
        }
    }

    /// Posting changes the balance and raises alerts, and a reversal undoes it.
    static func expectMoneyMoved(_ nexus: ShippedEnvironment) async throws {
        let account = """
            (SELECT a.id FROM financial_accounts AS a JOIN users AS u ON u.id = a.user_id
              WHERE u.username = 'test.user' AND a.is_primary)
            """
        let pay = { (reference: String, amount: String) in
            """
            INSERT INTO transactions (account_id, transaction_type, category, amount, reference)
            SELECT \(account), 'payment', 'health', \(amount), '\(reference)'
            """
        }
        let post = { (reference: String) in
            "UPDATE transactions SET status = 'posted', posted_at = now() WHERE reference = '\(reference)'"
        }
        let budget = """
            INSERT INTO budgets (user_id, name, category, period, starts_on, ends_on, amount)
            SELECT id, 'Health', 'health', 'monthly', current_date - 10, current_date + 10, 100
            FROM users WHERE username = 'test.user'
            """
        let before = try await nexus.project.value(
            "SELECT balance FROM financial_accounts WHERE id = \(account)",
            database
        )
        let state = """
            SELECT concat_ws(' ',
                (SELECT balance - \(before) FROM financial_accounts WHERE id = \(account)),
                (SELECT string_agg(a.alert_type || a.spent_amount, ',' ORDER BY a.threshold_percent)
                   FROM budget_alerts AS a JOIN budgets AS b ON b.id = a.budget_id WHERE b.name = 'Health'),
                (SELECT count(*) FROM account_balance_check))
            """
        let steps: [(String, String)] = [
            (budget, "0.00 0"),
            (pay("R1", "-85"), "0.00 0"),
            (post("R1"), "-85.00 warning85.00 0"),
            (pay("R2", "-5"), "-85.00 warning85.00 0"),
            (post("R2"), "-90.00 warning85.00 0"),
            (pay("R3", "-20"), "-90.00 warning85.00 0"),
            (post("R3"), "-110.00 warning85.00,exceeded110.00 0"),
            (
                """
                INSERT INTO transactions
                    (account_id, transaction_type, category, amount, reference, status, posted_at, reversal_of_id)
                SELECT account_id, 'reversal', category, -amount, 'R4', 'posted', now(), id
                FROM transactions WHERE reference = 'R3'
                """, "-90.00 warning85.00,exceeded110.00 0"
            ),
        ]
        for count in steps.indices {
            let statements = steps[...count].map(\.0)
            let found = try await nexus.trying(statements + [state], database)
            #expect(found == steps[count].1, "\(steps[count].0)")
        }
    }

    /// Every change is noted with the row before and after, without secrets, and what is noted stays.
    static func expectAudit(_ nexus: ShippedEnvironment) async throws {
        let change = """
            UPDATE users SET last_name = 'Changed', password_hash = '$2b$10$new' WHERE username = 'test.user'
            """
        let noted = """
            SELECT concat_ws(' ', action, table_name, database_role, changed_columns, old_values ->> 'last_name',
                new_values ->> 'last_name', new_values ? 'password_hash', old_values ? 'password_hash')
            FROM audit_log ORDER BY occurred_at DESC LIMIT 1
            """
        let update = try await nexus.trying([change, noted], database)
        #expect(update == "UPDATE users nexus_service {last_name,password_hash} User Changed f f")
        let removed = try await nexus.trying(["DELETE FROM user_roles WHERE expires_at IS NULL", noted], database)
        #expect(removed?.hasPrefix("DELETE user_roles nexus_service {}") == true)
        let count = try await nexus.trying(
            [
                "CREATE TEMP TABLE before ON COMMIT DROP AS SELECT count(*) AS n FROM audit_log",
                "UPDATE users SET updated_at = now()", "UPDATE analytics SET properties = '{}' WHERE source = 'api'",
                "SELECT (SELECT count(*) FROM audit_log) - n FROM before",
            ],
            database
        )
        #expect(count == "100", "touching changes nothing, changing what was measured does")
        for statement in [
            "UPDATE audit_log SET action = 'DELETE'", "DELETE FROM audit_log", "TRUNCATE audit_log",
        ] {
            try await nexus.expectRefused("42501", statement, database)
        }
        // Each table has a trigger, and each row that was seeded its entry.
        let tables = try await nexus.strings(
            "SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'write_audit_log' ORDER BY 1",
            database
        )
        #expect(tables.count == 16)
        for table in tables where !["analytics", "performance_metrics", "data_quality_metrics"].contains(table) {
            let missing = """
                SELECT count(*) FROM \(table) AS t WHERE NOT EXISTS (
                    SELECT FROM audit_log WHERE table_name = '\(table)' AND record_id = t.id AND action = 'INSERT'
                )
                """
            #expect(try await nexus.project.value(missing, database) == "0", "\(table)")
        }
        let wrong = """
            SELECT count(*) FROM audit_log AS l WHERE action = 'UPDATE' AND changed_columns <> (
                SELECT array_agg(key ORDER BY key) FROM jsonb_each(new_values)
                WHERE value IS DISTINCT FROM old_values -> key AND key <> 'updated_at'
            )
            """
        #expect(try await nexus.project.value(wrong, database) == "0")
        try await expectAuditFollows(nexus, tables)
    }

    /// What was seeded is what triggers would have written: an entry begins where the one before it ended, the row that
    /// is there came out of one, and nobody did what they may not.
    private static func expectAuditFollows(_ nexus: ShippedEnvironment, _ tables: [String]) async throws {
        let broken = """
            SELECT count(*) FROM (
                SELECT old_values, lag(new_values) OVER (
                    PARTITION BY table_name, record_id ORDER BY occurred_at, action, old_values ->> 'updated_at'
                ) AS before
                FROM audit_log
            ) AS l WHERE old_values IS DISTINCT FROM before
            """
        #expect(try await nexus.project.value(broken, database) == "0")
        for table in tables where !["analytics", "performance_metrics", "data_quality_metrics"].contains(table) {
            let differing = """
                SELECT count(*) FROM \(table) AS t WHERE NOT EXISTS (
                    SELECT FROM audit_log AS l WHERE l.table_name = '\(table)' AND l.record_id = t.id
                        AND l.new_values - 'updated_at' = to_jsonb(t) - ARRAY['updated_at', 'password_hash', 'key_hash']
                )
                """
            #expect(try await nexus.project.value(differing, database) == "0", "\(table)")
        }
        let notAllowed = """
            SELECT DISTINCT table_name FROM audit_log
            CROSS JOIN unnest(CASE WHEN action = 'UPDATE' THEN changed_columns ELSE '{id}' END) AS c (name)
            WHERE database_role = 'nexus_app'
                AND NOT has_column_privilege('nexus_app', table_name::text, c.name, action::text)
            """
        #expect(try await nexus.strings(notAllowed, database) == [])
    }
}
