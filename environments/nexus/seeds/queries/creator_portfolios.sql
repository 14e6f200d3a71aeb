-- Two earlier works of each creator.
SELECT
    md5(concat_ws('/', 'portfolio', c.id, n))::uuid AS id,
    c.id AS creator_id,
    CASE n WHEN 1 THEN 'My best ' ELSE 'Another ' END || c.category || ' story' AS title,
    'Made for ' || c.primary_platform AS description,
    c.primary_platform AS platform,
    'https://' || c.primary_platform || '.example.test/' || c.handle || '/' || n AS url,
    jsonb_build_object('views', c.follower_count / (n + 1), 'likes', c.follower_count / (10 * (n + 1))) AS metrics,
    n = 1 AS is_featured,
    n AS position,
    date '2025-06-01' - 30 * n AS published_on,
    timestamptz '2025-06-23 00:00:00Z' AS created_at,
    timestamptz '2025-06-23 00:00:00Z' AS updated_at
FROM creators AS c
CROSS JOIN generate_series(1, 2) AS n
