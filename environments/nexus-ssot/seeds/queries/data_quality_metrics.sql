-- What the data is really like, counted in the tables; and that it was a little worse in the weeks before, but for what
-- the database itself refuses: its threshold is 100.
WITH counted AS (
    SELECT
        'users.phone' AS anchor, 'completeness' AS dimension,
        count(*) AS checked, count(*) - count(phone) AS failed, 60 AS threshold
    FROM users
    UNION ALL
    SELECT 'users.email', 'uniqueness', count(*), count(*) - count(DISTINCT email), 100
    FROM users
    UNION ALL
    SELECT 'users.email', 'validity', count(*), count(*) FILTER (WHERE email !~ '^[^@]+@[^@]+\.[a-z]+$'), 99
    FROM users
    UNION ALL
    SELECT 'users.is_verified', 'completeness', count(*), count(*) FILTER (WHERE NOT is_verified), 95
    FROM users
    UNION ALL
    SELECT 'users.last_login_at', 'timeliness', count(*), count(*) FILTER (WHERE last_login_at IS NULL), 90
    FROM users
    UNION ALL
    SELECT 'financial_accounts.balance', 'consistency', count(*), (SELECT count(*) FROM account_balance_check), 100
    FROM financial_accounts
    UNION ALL
    SELECT 'transactions.merchant', 'completeness', count(*), count(*) - count(merchant), 75
    FROM transactions
    WHERE transaction_type = 'payment'
    UNION ALL
    SELECT 'transactions.category', 'completeness', count(*), count(*) FILTER (WHERE category = 'other'), 90
    FROM transactions
    UNION ALL
    SELECT 'transactions.posted_at', 'timeliness', count(*), count(*) FILTER (WHERE status = 'pending'), 97
    FROM transactions
    UNION ALL
    SELECT 'budgets.amount', 'validity', count(*), count(*) FILTER (WHERE amount < 10), 99
    FROM budgets
    UNION ALL
    SELECT 'ssot_anchors.description', 'completeness', count(*), count(*) FILTER (WHERE description = ''), 50
    FROM ssot_anchors
    UNION ALL
    SELECT 'alias_definitions.status', 'timeliness', count(*), count(*) FILTER (WHERE status = 'deprecated'), 95
    FROM alias_definitions
)
SELECT
    md5(concat_ws('/', 'quality', c.anchor, c.dimension, w.number))::uuid AS id,
    a.id AS anchor_id,
    c.dimension,
    c.checked AS rows_checked,
    CASE
        WHEN c.threshold = 100 THEN c.failed
        ELSE least(c.failed + w.number * (c.checked / 60 + 1), c.checked)
    END AS rows_failed,
    c.threshold,
    jsonb_build_object('rule', c.anchor || ': ' || c.dimension, 'week', extract(week FROM w.at AT TIME ZONE 'UTC')) AS details,
    w.at AS measured_at,
    w.at AS created_at
FROM counted AS c
JOIN ssot_anchors AS a ON a.name = c.anchor
CROSS JOIN LATERAL (
    SELECT k AS number, timestamptz '2025-09-30 04:00:00Z' - k * interval '7 days' AS at FROM generate_series(0, 3) AS k
) AS w
