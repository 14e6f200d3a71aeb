-- Every user knows the next one, the one 7 and the one 30 further on.
WITH numbered AS (
    SELECT
        _id::uuid AS id,
        row_number() OVER (ORDER BY _id) - 1 AS number,
        count(*) OVER () AS total
    FROM users
)
SELECT
    a.id AS user_id_1,
    b.id AS user_id_2,
    k.kinds[1 + (a.number + k.distance) % cardinality(k.kinds)] AS relationship_type,
    (ARRAY['accepted', 'accepted', 'accepted', 'pending', 'blocked', 'ended'])[1 + (a.number * k.distance) % 6] AS status,
    timestamptz '2025-01-01 08:00:00Z' + a.number * interval '1 day' + k.distance * interval '1 hour' AS created_at,
    timestamptz '2025-01-02 08:00:00Z' + a.number * interval '1 day' + k.distance * interval '1 hour' AS updated_at
FROM numbered AS a
CROSS JOIN (
    VALUES (1, ARRAY['friend', 'colleague']), (7, ARRAY['friend', 'family', 'partner']), (30, ARRAY['consultant'])
) AS k (distance, kinds)
JOIN numbered AS b ON b.number = (a.number + k.distance) % a.total
