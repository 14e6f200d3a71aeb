-- A product of the organization that content was made for, somewhere in the picture.
WITH choices AS (
    SELECT
        c.id AS content_id,
        p.id AS product_id,
        p.name,
        c.duration_seconds,
        c.created_at,
        row_number() OVER (PARTITION BY c.id ORDER BY md5(c.id::text || p.id)) AS place,
        ('x' || substr(md5(c.id::text), 1, 4))::bit(16)::int AS chance
    FROM contents AS c
    JOIN products AS p ON p.organization_id = c.organization_id
)
SELECT
    content_id,
    product_id,
    chance % 90 / 100.0 AS left_edge,
    chance / 90 % 90 / 100.0 AS top_edge,
    chance % duration_seconds AS appears_at_second,
    name AS label,
    created_at
FROM choices
WHERE place = 1
