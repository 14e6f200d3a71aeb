-- The sum of each order's lines, 8 % tax on it, and a tenth less for those whom an ambassador has sent.
SELECT
    o.id,
    i.subtotal,
    CASE WHEN o.ambassador_id IS NULL THEN 0 ELSE round(i.subtotal * 0.1, 2) END AS discount,
    round(i.subtotal * 0.08, 2) AS tax
FROM orders AS o
JOIN (SELECT order_id, sum(total) AS subtotal FROM order_items GROUP BY order_id) AS i ON i.order_id = o.id
