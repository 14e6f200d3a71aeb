-- Five services, six figures each, for two weeks at noon; and how fast the busiest endpoints answer.
SELECT
    md5(concat_ws('/', 'metric', s.name, m.name, d.day))::uuid AS id,
    s.name AS service_name,
    m.name AS metric_name,
    m.type AS metric_type,
    round(m.least + m.more * n.chance / 100.0, 2) AS value,
    m.unit,
    NULL::uuid AS endpoint_id,
    jsonb_build_object('region', 'eu-1', 'version', '2.' || d.number / 7) AS tags,
    d.at AS recorded_at,
    d.at AS created_at
FROM (
    VALUES ('api-gateway'), ('auth-service'), ('finance-service'), ('ssot-service'), ('analytics-service')
) AS s (name)
CROSS JOIN (
    VALUES
        ('requests', 'counter', 'count', 20000, 15000), ('latency_p95', 'timer', 'ms', 12, 60),
        ('error_rate', 'gauge', 'percent', 0, 1.5), ('cpu', 'gauge', 'percent', 8, 45),
        ('memory', 'gauge', 'bytes', 180000000, 90000000), ('pool_use', 'gauge', 'percent', 5, 50)
) AS m (name, type, unit, least, more)
CROSS JOIN LATERAL (
    SELECT k AS number, date '2025-09-17' + k AS day, timestamptz '2025-09-17 12:00:00Z' + k * interval '1 day' AS at
    FROM generate_series(0, 13) AS k
) AS d
CROSS JOIN LATERAL (
    SELECT ('x' || substr(md5(concat_ws('/', s.name, m.name, d.day)), 1, 4))::bit(16)::int % 101 AS chance
) AS n
UNION ALL
SELECT
    md5(concat_ws('/', 'metric', e.name, d.at))::uuid,
    'api-gateway',
    'endpoint_latency_p95',
    'timer',
    round(5 + ('x' || substr(md5(e.name || d.at::date), 1, 4))::bit(16)::int % 9500 / 100.0, 2),
    'ms',
    e.id,
    jsonb_build_object('method', e.method),
    d.at,
    d.at
FROM api_endpoints AS e
CROSS JOIN generate_series(timestamptz '2025-09-26 12:00:00Z', '2025-09-30 12:00:00Z', '1 day') AS d (at)
WHERE e.rate_limit_per_minute >= 120 AND e.status = 'active'
