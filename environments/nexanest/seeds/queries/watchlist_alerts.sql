-- Every third item has an alert near the last price; one that is above it already was triggered.
SELECT
    md5('alert/' || i.id)::uuid AS id,
    i.id AS watchlist_item_id,
    'above' AS condition,
    round(b.close::numeric * (90 + n.number % 30) / 100, 2) AS threshold,
    n.number % 30 >= 10 AS is_active,
    CASE WHEN n.number % 30 < 10 THEN timestamptz '2025-09-30 20:00:00Z' END AS triggered_at,
    i.created_at,
    i.created_at AS updated_at
FROM watchlist_items AS i
CROSS JOIN LATERAL (SELECT ('x' || substr(md5(i.id::text), 1, 4))::bit(16)::int AS number) AS n
JOIN bars AS b ON b.symbol = i.symbol AND b.day = '2025-09-30'
WHERE n.number % 3 = 0
