-- 240 orders of the last 60 days. Their lines are in order_items, their sums in order_sums.
WITH shops AS (
    SELECT o.id AS organization_id, g.id AS gallery_id, row_number() OVER (ORDER BY o.slug) - 1 AS place
    FROM organizations AS o
    JOIN shoppable_galleries AS g ON g.organization_id = o.id
),
buyers AS (
    SELECT *, row_number() OVER (ORDER BY email) - 1 AS place FROM customers
),
bought AS (
    SELECT
        n,
        ('x' || substr(md5('order/' || n), 1, 4))::bit(16)::int AS a,
        ('x' || substr(md5('order/' || n), 5, 4))::bit(16)::int AS b,
        timestamptz '2025-08-02 02:00:00Z' + n * interval '6 hours' AS placed_at
    FROM generate_series(0, 239) AS n
)
SELECT
    md5('order/' || w.n)::uuid AS id,
    'O-2025-' || lpad((w.n + 1)::text, 6, '0') AS number,
    s.organization_id,
    CASE WHEN w.a % 4 > 0 THEN s.gallery_id END AS gallery_id,
    CASE WHEN w.a % 5 = 0 THEN (
        SELECT m.id
        FROM ambassadors AS m
        JOIN ambassador_programs AS p ON p.id = m.program_id
        WHERE p.organization_id = s.organization_id AND m.status = 'active'
        ORDER BY m.id
        LIMIT 1
    ) END AS ambassador_id,
    c.email AS customer_email,
    CASE
        WHEN w.n >= 230 THEN 'pending'
        WHEN w.b % 20 = 0 THEN 'cancelled'
        WHEN w.b % 20 = 1 THEN 'refunded'
        WHEN w.n >= 215 THEN 'paid'
        WHEN w.n >= 200 THEN 'shipped'
        ELSE 'delivered'
    END::order_status AS status,
    4.90 AS shipping,
    jsonb_build_object(
        'name', c.name, 'street', c.street, 'postcode', c.postcode, 'city', c.city, 'country', c.country
    ) AS shipping_address,
    w.placed_at,
    CASE WHEN w.n < 230 AND w.b % 20 <> 0 THEN w.placed_at + interval '5 minutes' END AS paid_at,
    w.placed_at AS created_at,
    w.placed_at + interval '5 minutes' AS updated_at
FROM bought AS w
JOIN shops AS s ON s.place = w.a % 20
JOIN buyers AS c ON c.place = w.b % 80
