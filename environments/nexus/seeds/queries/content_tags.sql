-- Two tags for each: the creator's category, and one that a machine has seen.
SELECT
    c.id AS content_id,
    r.category AS tag,
    'creator'::tag_source AS source,
    1.0 AS confidence,
    c.created_at
FROM contents AS c
JOIN creators AS r ON r.id = c.creator_id
UNION ALL
SELECT
    c.id,
    'seen-' || (ARRAY['person', 'kitchen', 'street', 'animal', 'product', 'sea'])[1 + n.chance % 6],
    'ai',
    0.5 + n.chance % 50 / 100.0,
    c.created_at
FROM contents AS c
CROSS JOIN LATERAL (SELECT ('x' || substr(md5(c.id::text), 1, 4))::bit(16)::int AS chance) AS n
