-- What was used on each of ten days: no more than three quarters of what the plan includes in a month.
SELECT
    md5(concat_ws('/', 'usage', s.id, f.feature, d))::uuid AS id,
    s.id AS subscription_id,
    f.feature,
    greatest(coalesce((f.usage_limit #>> '{}')::bigint, 1000000) / 20, 1) + n.chance % 3 AS quantity,
    date '2025-09-15' + d AS recorded_on,
    (date '2025-09-15' + d)::timestamp AT TIME ZONE 'UTC' + interval '23 hours' AS created_at
FROM subscriptions AS s
JOIN plans AS p ON p.id = s.plan_id
CROSS JOIN LATERAL jsonb_each(p.limits) AS f (feature, usage_limit)
CROSS JOIN generate_series(1, 10) AS d
CROSS JOIN LATERAL (SELECT ('x' || substr(md5(s.id::text || d), 1, 4))::bit(16)::int AS chance) AS n
WHERE s.status <> 'cancelled'
  AND date '2025-09-15' + d > (s.started_at AT TIME ZONE 'UTC')::date
  AND f.feature IN ('api-calls', 'exports')
  AND coalesce((f.usage_limit #>> '{}')::bigint, 1000000) >= 100
