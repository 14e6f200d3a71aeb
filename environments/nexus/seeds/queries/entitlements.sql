-- What each plan includes, and what of it is used.
SELECT
    s.organization_id,
    f.feature,
    s.id AS subscription_id,
    (f.usage_limit #>> '{}')::bigint AS usage_limit,
    coalesce(u.used, 0)::bigint AS used,
    s.started_at AS created_at,
    timestamptz '2025-09-25 23:00:00Z' AS updated_at
FROM subscriptions AS s
JOIN plans AS p ON p.id = s.plan_id
CROSS JOIN LATERAL jsonb_each(p.limits) AS f (feature, usage_limit)
LEFT JOIN LATERAL (
    SELECT sum(quantity) AS used FROM usage_records AS r WHERE r.subscription_id = s.id AND r.feature = f.feature
) AS u ON true
WHERE s.status <> 'cancelled'
