import Testing

extension NexusTests {
    /// What has to be true of the rows: numbers that are kept in two places are the same.
    private static let sums = [
        """
        NOT EXISTS (SELECT FROM orders o WHERE subtotal <> (SELECT sum(total) FROM order_items i WHERE
        i.order_id = o.id))
        """,
        """
        NOT EXISTS (SELECT FROM invoices v WHERE subtotal <> (SELECT sum(total) FROM invoice_items i WHERE
        i.invoice_id = v.id))
        """,
        """
        NOT EXISTS (SELECT FROM contracts c WHERE amount <> (SELECT sum(amount) FROM milestones m WHERE
        m.contract_id = c.id))
        """,
        """
        NOT EXISTS (
            SELECT FROM campaigns c WHERE spent <> coalesce((
                SELECT sum(p.gross) FROM payouts p JOIN contracts k ON k.id = p.contract_id
                 WHERE k.campaign_id = c.id AND p.status = 'paid'
            ), 0)
        )
        """,
        """
        NOT EXISTS (
            SELECT FROM creators c WHERE (rating_count, coalesce(rating_average, 0)) <> (
                SELECT count(*), coalesce(round(avg(rating), 2), 0) FROM creator_reviews r WHERE r.creator_id = c.id
            )
        )
        """,
        """
        NOT EXISTS (SELECT FROM contents c WHERE version <> (SELECT max(version) FROM content_versions v
        WHERE v.content_id = c.id))
        """,
        """
        NOT EXISTS (
            SELECT FROM entitlements e WHERE used <> coalesce((
                SELECT sum(quantity) FROM usage_records u WHERE u.subscription_id = e.subscription_id AND u.feature = e.feature
            ), 0)
        )
        """,
        """
        NOT EXISTS (SELECT FROM organizations o WHERE NOT EXISTS (SELECT FROM organization_members m WHERE
        m.user_id = o.owner_id AND m.role = 'owner'))
        """,
        "(SELECT count(DISTINCT status) FROM campaigns) >= 4",
        """
        NOT EXISTS (SELECT FROM contents WHERE status IN ('draft', 'in_review', 'approved') AND published_at IS NOT NULL)
        """,
        "NOT EXISTS (SELECT FROM data_export_requests WHERE due_on <> (created_at AT TIME ZONE 'UTC')::date + 30)",
        "NOT EXISTS (SELECT FROM audit_logs WHERE actor_role <> 'nexus_service')",
        """
        NOT EXISTS (SELECT FROM verification_codes c JOIN users u ON u.id = c.user_id WHERE c.expires_at >
        c.created_at + interval '15 minutes' AND u.email <> 'pending@nexus.local')
        """,
        """
        (SELECT code_hash = sha256(convert_to(c.id || '123456', 'UTF8')) FROM verification_codes c JOIN users u ON
        u.id = c.user_id WHERE u.email = 'pending@nexus.local')
        """,
        """
        EXISTS (SELECT FROM payout_methods p JOIN creators c ON c.id = p.creator_id WHERE c.handle = 'cleo') AND
        EXISTS (SELECT FROM contents t JOIN creators c ON c.id = t.creator_id WHERE c.handle = 'cleo')
        """,
        """
        (SELECT count(*) FROM users WHERE role = 'admin') = 1 AND (SELECT count(*) FROM users WHERE email
        LIKE '%@nexus.local') = 8
        """,
    ]

    static func expectSums(_ nexus: ShippedEnvironment) async throws {
        for condition in sums {
            #expect(try await nexus.project.value("SELECT \(condition)", database) == "t", "\(condition)")
        }
    }

    static func expectConstraints(_ nexus: ShippedEnvironment) async throws {
        let refused = [
            ("22P02", "UPDATE campaigns SET status = 'finished'"),
            ("22P02", "UPDATE orders SET status = 'lost'"),
            ("23514", "UPDATE campaigns SET budget = -1"),
            ("23514", "UPDATE campaigns SET ends_on = starts_on - 1"),
            ("23514", "UPDATE campaigns SET spent = budget + 1"),
            ("23514", "UPDATE creator_reviews SET rating = 6"),
            ("23514", "UPDATE contracts SET signed_by_creator_at = NULL WHERE status = 'active'"),
            ("23514", "UPDATE payouts SET fee = gross + 1 WHERE status = 'processing'"),
            ("23514", "UPDATE users SET email = 'nobody'"),
            ("23514", "UPDATE users SET email_verified_at = NULL WHERE status = 'active'"),
            ("23514", "UPDATE organizations SET slug = 'Not A Slug'"),
            ("23514", "UPDATE ambassador_programs SET commission_rate = 1.5"),
            ("23514", "UPDATE contents SET published_at = now() WHERE status = 'draft'"),
            ("23514", "UPDATE contents SET published_at = NULL WHERE status = 'published'"),
            ("23514", "UPDATE products SET attributes = '[]'"),
            ("23514", "UPDATE products SET currency = 'dollars'"),
            ("23505", "UPDATE users SET email = 'brand@nexus.local' WHERE email = 'agency@nexus.local'"),
            (
                "23505",
                """
                INSERT INTO subscriptions (organization_id, plan_id, status, trial_ends_at,
                current_period_starts_on, current_period_ends_on) SELECT organization_id, plan_id,
                'trialing', now(), '2025-10-01', '2025-11-01' FROM subscriptions WHERE status = 'active'
                LIMIT 1
                """
            ),
            (
                "23503",
                """
                INSERT INTO bids (opportunity_id, creator_id, amount, delivery_days) SELECT
                gen_random_uuid(), id, 1, 1 FROM creators LIMIT 1
                """
            ),
            // Whoever has contracts stays, and so does what was agreed.
            ("23503", "DELETE FROM creators WHERE id = (SELECT creator_id FROM contracts LIMIT 1)"),
            ("23503", "DELETE FROM organizations WHERE slug = 'aurora-skincare'"),
            // Two exclusive licences for the same days.
            (
                "23P01",
                """
                INSERT INTO content_rights (content_id, organization_id, license, is_exclusive, starts_on)
                SELECT content_id, organization_id, 'organic', true, starts_on FROM content_rights WHERE
                is_exclusive AND revoked_at IS NULL LIMIT 1
                """
            ),
            // Nothing leaves a state that is final.
            ("23514", "UPDATE campaigns SET status = 'active' WHERE status = 'completed'"),
            ("23514", "UPDATE contracts SET status = 'active' WHERE status = 'completed'"),
            ("23514", "UPDATE invoices SET status = 'open', paid_at = NULL WHERE status = 'paid'"),
            (
                "23514",
                """
                UPDATE notification_preferences SET is_enabled = false, category = 'security' WHERE channel
                = 'email' AND category = 'campaign'
                """
            ),
        ]
        for (state, statement) in refused { try await nexus.expectRefused(state, statement, database) }
    }

    static func expectTriggers(_ nexus: ShippedEnvironment) async throws {
        let brand = "(SELECT id FROM organizations WHERE slug = 'aurora-skincare')"
        let found: [(what: String, statements: [String], value: String)] = [
            (
                "updated_at",
                ["UPDATE products SET stock = stock + 1", "SELECT bool_and(updated_at = now()) FROM products"], "t"
            ),
            (
                "a review changes the average",
                [
                    "UPDATE creator_reviews SET rating = 1",
                    "SELECT bool_and(rating_average = 1) FROM creators WHERE rating_count > 0",
                ],
                "t"
            ),
            (
                "a line changes the order's sum",
                [
                    "UPDATE order_items SET quantity = quantity + 1",
                    """
                    SELECT count(*) FROM orders o WHERE subtotal <> (SELECT sum(total) FROM order_items i
                    WHERE i.order_id = o.id)
                    """,
                ], "0"
            ),
            (
                "a payout is spent",
                [
                    "UPDATE payouts SET status = 'paid', paid_at = now() WHERE status = 'processing'",
                    """
                    SELECT (SELECT sum(spent) FROM campaigns) = (SELECT sum(gross) FROM payouts WHERE status
                    = 'paid')
                    """,
                ], "t"
            ),
            (
                "new words are a new version",
                [
                    "UPDATE contents SET body = body || '!'",
                    """
                    SELECT bool_and(version = (SELECT max(version) FROM content_versions v WHERE
                    v.content_id = c.id)) FROM contents c
                    """,
                ], "t"
            ),
            (
                "a licence that is revoked is in the ledger",
                [
                    "UPDATE content_rights SET revoked_at = now() WHERE revoked_at IS NULL",
                    """
                    SELECT count(*) FROM content_rights r WHERE NOT EXISTS (SELECT FROM
                    rights_ledger_entries e WHERE e.content_right_id = r.id AND e.event = 'revoked')
                    """,
                ], "0"
            ),
            (
                "an opportunity is awarded when its slots are taken",
                [
                    "UPDATE bids SET status = 'accepted', decided_at = now() WHERE status = 'submitted'",
                    "SELECT count(*) FROM opportunities WHERE status = 'open'",
                ], "0"
            ),
            (
                "another plan brings other entitlements",
                [
                    """
                    UPDATE subscriptions SET plan_id = (SELECT id FROM plans WHERE code = 'enterprise')
                    WHERE organization_id = \(brand) AND status <> 'cancelled'
                    """,
                    """
                    SELECT bool_and(usage_limit IS NULL) AND count(*) = 4 FROM entitlements WHERE
                    organization_id = \(brand)
                    """,
                ], "t"
            ),
            (
                "ten failures switch a webhook off",
                [
                    """
                    INSERT INTO webhook_logs (webhook_id, event, payload, error) SELECT id, 'test', '{}',
                    'away' FROM webhooks, generate_series(1, 10)
                    """,
                    "SELECT count(*) FROM webhooks WHERE is_enabled",
                ], "0"
            ),
        ]
        for (what, statements, value) in found {
            #expect(try await nexus.trying(statements, database) == value, "\(what)")
        }
        let usage = """
            UPDATE entitlements SET usage_limit = used WHERE feature = 'seats';
            INSERT INTO usage_records (subscription_id, feature, quantity, recorded_on)
            SELECT subscription_id, 'seats', 1, '2025-10-01' FROM entitlements WHERE feature = 'seats';
            """
        try await nexus.expectRefused("23514", usage, database)
        let unknown = """
            INSERT INTO usage_records (subscription_id, feature, quantity, recorded_on)
            SELECT id, 'teleports', 1, '2025-10-01' FROM subscriptions;
            """
        try await nexus.expectRefused("23514", unknown, database)
    }
}
