-- What an organization may do with the content of its campaign: for a year, or for ever; every fifth licence is
-- exclusive.
SELECT
    md5(concat_ws('/', 'right', u.campaign_id, u.content_id))::uuid AS id,
    u.content_id,
    c.organization_id,
    (ARRAY['organic', 'paid_media', 'full_buyout'])[1 + n.chance % 3]::license_kind AS license,
    n.chance % 5 = 0 AS is_exclusive,
    CASE WHEN n.chance % 2 = 0 THEN ARRAY['US', 'GB'] ELSE '{}' END AS territories,
    c.starts_on,
    CASE WHEN n.chance % 3 < 2 THEN c.starts_on + 365 END AS ends_on,
    (100 + n.chance % 5 * 50)::numeric AS fee,
    CASE WHEN n.chance % 17 = 0 THEN timestamptz '2025-09-20 12:00:00Z' END AS revoked_at,
    u.added_at AS created_at,
    u.added_at AS updated_at
FROM campaign_contents AS u
JOIN campaigns AS c ON c.id = u.campaign_id
CROSS JOIN LATERAL (SELECT ('x' || substr(md5(u.content_id::text), 1, 4))::bit(16)::int AS chance) AS n
