-- The brief of each campaign; every third was written a second time before it was published.
SELECT
    md5(concat_ws('/', 'brief', c.id, n))::uuid AS id,
    c.id AS campaign_id,
    n AS version,
    'Show how ' || o.name || ' is part of your day: ' || c.name AS summary,
    ARRAY['Reach people who do not know us yet', 'Be yourself'] AS objectives,
    ARRAY['Say that it is an advertisement', 'Show the product in use'] AS dos,
    ARRAY['No other brands in the picture', 'No claims about health'] AS donts,
    ARRAY['#ad', '#' || replace(o.slug, '-', '')] AS hashtags,
    jsonb_build_object('videos', 1 + n, 'seconds', jsonb_build_array(15, 90), 'captions', true) AS requirements,
    CASE WHEN c.status <> 'draft' AND n = v.versions THEN c.starts_on::timestamp AT TIME ZONE 'UTC' END AS published_at,
    c.created_at,
    c.created_at AS updated_at
FROM campaigns AS c
JOIN organizations AS o ON o.id = c.organization_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN ('x' || substr(md5(c.id::text), 1, 4))::bit(16)::int % 3 = 0 THEN 2 ELSE 1 END AS versions
) AS v
CROSS JOIN LATERAL generate_series(1, v.versions) AS n
