-- For each threshold the posting that crossed it: what the trigger on transactions would have noted, had it been there.
WITH spending AS (
    SELECT
        b.id AS budget_id, b.user_id, b.amount AS budget_amount, b.status AS budget_status, b.alert_thresholds,
        t.amount, t.posted_at,
        -sum(t.amount) OVER (PARTITION BY b.id ORDER BY t.posted_at, t.id) AS spent
    FROM budgets AS b
    JOIN financial_accounts AS a ON a.user_id = b.user_id
    JOIN transactions AS t ON t.account_id = a.id
        AND t.category = b.category
        AND t.status = 'posted'
        AND t.occurred_at >= b.starts_on::timestamp AT TIME ZONE 'UTC'
        AND t.occurred_at < (b.ends_on + 1)::timestamp AT TIME ZONE 'UTC'
    WHERE b.status <> 'paused'
),
crossings AS (
    SELECT DISTINCT ON (s.budget_id, x.threshold)
        s.*, x.threshold, ('x' || substr(md5(s.budget_id || '/' || x.threshold), 1, 2))::bit(8)::int AS chance
    FROM spending AS s
    CROSS JOIN unnest(s.alert_thresholds) AS x (threshold)
    WHERE s.amount < 0 AND s.spent * 100 >= s.budget_amount * x.threshold
    ORDER BY s.budget_id, x.threshold, s.posted_at
),
alerts AS (
    SELECT
        *,
        CASE
            WHEN budget_status = 'ended' THEN 'resolved'
            WHEN chance < 128 THEN 'acknowledged'
            ELSE 'open'
        END AS status
    FROM crossings
)
SELECT
    md5(concat_ws('/', 'alert', budget_id, threshold))::uuid AS id,
    budget_id,
    CASE WHEN threshold >= 100 THEN 'exceeded' ELSE 'warning' END AS alert_type,
    threshold AS threshold_percent,
    spent AS spent_amount,
    budget_amount,
    status,
    posted_at AS triggered_at,
    CASE WHEN status <> 'open' THEN user_id END AS acknowledged_by,
    CASE WHEN status <> 'open' THEN posted_at + interval '3 hours' END AS acknowledged_at,
    posted_at AS created_at,
    CASE WHEN status = 'open' THEN posted_at ELSE posted_at + interval '3 hours' END AS updated_at
FROM alerts
