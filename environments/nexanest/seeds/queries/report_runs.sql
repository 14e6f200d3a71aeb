-- Three runs of each report; some failed, some wait.
SELECT
    md5(concat_ws('/', 'run', r.id, n.number))::uuid AS id,
    r.id AS report_id,
    s.status,
    CASE WHEN s.status <> 'queued' THEN s.asked + interval '20 seconds' END AS started_at,
    CASE WHEN s.status IN ('done', 'failed') THEN s.asked + interval '50 seconds' END AS finished_at,
    CASE WHEN s.status = 'done' THEN s.chance % 900 END AS row_count,
    CASE WHEN s.status = 'done' THEN format('s3://reports/%s/%s.pdf', r.user_id, n.number) END AS output_uri,
    CASE WHEN s.status = 'failed' THEN 'the prices of one day are missing' END AS error,
    s.asked AS created_at,
    s.asked AS updated_at
FROM reports AS r
CROSS JOIN generate_series(1, 3) AS n (number)
CROSS JOIN LATERAL (
    SELECT
        ('x' || substr(md5(concat_ws('/', r.id, n.number)), 1, 4))::bit(16)::int AS chance,
        timestamptz '2025-09-30 23:00:00Z' - (3 - n.number) * interval '2 days' AS asked
) AS c
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN n.number = 3 AND c.chance % 10 = 0 THEN 'queued'
            WHEN n.number = 3 AND c.chance % 10 = 1 THEN 'running'
            WHEN c.chance % 12 = 2 THEN 'failed'
            ELSE 'done'
        END AS status,
        c.chance, c.asked
) AS s
