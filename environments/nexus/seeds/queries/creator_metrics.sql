-- Followers and engagement on the first of the last four months: growing by about 2 % each.
SELECT
    c.id AS creator_id,
    c.primary_platform AS platform,
    (date '2025-10-01' - n * interval '1 month')::date AS measured_on,
    round(c.follower_count / 1.02 ^ n)::bigint AS follower_count,
    round(c.follower_count * 0.3 / 1.02 ^ n)::bigint AS average_views,
    c.engagement_rate,
    jsonb_build_object(
        'top_country', c.country,
        'ages', jsonb_build_object('18-24', 0.4, '25-34', 0.35, '35+', 0.25)
    ) AS audience,
    (date '2025-10-01' - n * interval '1 month') AT TIME ZONE 'UTC' AS created_at
FROM creators AS c
CROSS JOIN generate_series(0, 3) AS n
