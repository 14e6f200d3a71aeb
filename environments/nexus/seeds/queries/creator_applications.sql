-- Four creators apply for each campaign that has begun, besides those who bid; the last one thinks better of it.
WITH candidates AS (
    SELECT
        k.id AS campaign_id,
        k.status AS campaign_status,
        k.created_by_id,
        k.created_at,
        c.id AS creator_id,
        c.base_rate,
        row_number() OVER (PARTITION BY k.id ORDER BY md5(c.id::text || '/applies/' || k.id)) AS place
    FROM campaigns AS k
    CROSS JOIN creators AS c
    WHERE k.status <> 'draft'
)
SELECT
    md5(concat_ws('/', 'application', campaign_id, creator_id))::uuid AS id,
    campaign_id,
    creator_id,
    CASE WHEN s.status IN ('accepted', 'rejected') THEN created_by_id END AS decided_by_id,
    'I have followed you for a long time' AS message,
    base_rate AS proposed_rate,
    s.status,
    CASE WHEN s.status IN ('accepted', 'rejected') THEN created_at + interval '5 days' END AS decided_at,
    created_at + interval '3 days' AS created_at,
    created_at + interval '5 days' AS updated_at
FROM candidates
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN place = 1 THEN 'accepted'
        WHEN place = 4 THEN 'withdrawn'
        WHEN campaign_status IN ('completed', 'cancelled') THEN 'rejected'
        WHEN place = 2 THEN 'shortlisted'
        ELSE 'submitted'
    END::application_status AS status
) AS s
WHERE place <= 4
