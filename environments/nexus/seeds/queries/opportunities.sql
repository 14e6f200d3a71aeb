-- What each campaign that has begun looked for, or looks for still: two creators.
SELECT
    md5('opportunity/' || c.id)::uuid AS id,
    c.organization_id,
    c.id AS campaign_id,
    'Creators for ' || c.name AS title,
    'For ' || o.name || '. ' || c.description AS description,
    (ARRAY['beauty', 'food', 'travel', 'fitness', 'gaming', 'home'])[
        1 + ('x' || substr(md5(c.id::text), 5, 4))::bit(16)::int % 6
    ] AS category,
    500.00 AS budget_min,
    3000.00 AS budget_max,
    2 AS slots,
    CASE WHEN c.status IN ('completed', 'cancelled') THEN 'awarded' ELSE 'open' END::opportunity_status AS status,
    (c.starts_on + 60)::timestamp AT TIME ZONE 'UTC' AS closes_at,
    jsonb_build_object(
        'followers', 5000, 'platforms', jsonb_build_array('instagram', 'tiktok', 'youtube')
    ) AS requirements,
    c.created_at,
    c.created_at AS updated_at
FROM campaigns AS c
JOIN organizations AS o ON o.id = c.organization_id
WHERE c.status <> 'draft'
