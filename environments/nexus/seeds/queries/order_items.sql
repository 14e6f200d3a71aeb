-- One to three products of the shop, at their price.
WITH choices AS (
    SELECT
        o.id AS order_id,
        p.id AS product_id,
        p.price,
        row_number() OVER (PARTITION BY o.id ORDER BY md5(o.id::text || p.id)) AS position,
        ('x' || substr(md5(o.id::text), 1, 4))::bit(16)::int AS chance
    FROM orders AS o
    JOIN products AS p ON p.organization_id = o.organization_id
)
SELECT order_id, position::int, product_id, (1 + chance % 3 / position)::int AS quantity, price AS unit_price
FROM choices
WHERE position <= 1 + chance % 3
