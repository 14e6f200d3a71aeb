-- What each campaign looked for, looks for still, or will: two creators, three where it isn't over. One that pauses
-- takes no more.
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
    CASE WHEN c.status IN ('completed', 'cancelled') THEN 2 ELSE 3 END AS slots,
    CASE c.status
        WHEN 'draft' THEN 'draft'
        WHEN 'active' THEN 'open'
        WHEN 'paused' THEN 'closed'
        ELSE 'awarded'
    END::opportunity_status AS status,
    (c.starts_on + 60)::timestamp AT TIME ZONE 'UTC' AS closes_at,
    jsonb_build_object(
        'followers', 5000, 'platforms', jsonb_build_array('instagram', 'tiktok', 'youtube')
    ) AS requirements,
    c.created_at,
    c.created_at AS updated_at
FROM campaigns AS c
JOIN organizations AS o ON o.id = c.organization_id
