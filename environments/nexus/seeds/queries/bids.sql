-- Five creators bid for each opportunity that isn't a draft. The first two are accepted; where that was the end of it,
-- the others are told so.
WITH candidates AS (
    SELECT
        o.id AS opportunity_id,
        o.status AS opportunity_status,
        o.created_at,
        c.id AS creator_id,
        row_number() OVER (PARTITION BY o.id ORDER BY md5(o.id::text || c.id)) AS place,
        ('x' || substr(md5(c.id::text || o.id), 1, 4))::bit(16)::int AS chance
    FROM opportunities AS o
    CROSS JOIN creators AS c
    WHERE o.status <> 'draft'
)
SELECT
    md5(concat_ws('/', 'bid', opportunity_id, creator_id))::uuid AS id,
    opportunity_id,
    creator_id,
    500.00 + chance % 11 * 250 AS amount,
    'I would love to show it to my followers' AS pitch,
    7 + chance % 15 AS delivery_days,
    CASE
        WHEN place <= 2 THEN 'accepted'
        WHEN opportunity_status <> 'open' THEN 'rejected'
        WHEN place = 5 THEN 'withdrawn'
        ELSE 'submitted'
    END::bid_status AS status,
    CASE WHEN place <= 2 OR opportunity_status <> 'open' THEN created_at + interval '7 days' END AS decided_at,
    created_at + interval '2 days' AS created_at,
    created_at + interval '7 days' AS updated_at
FROM candidates
WHERE place <= 5
