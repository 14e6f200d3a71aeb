-- Whoever bought from a gallery has seen a piece of its content, clicked on it and put a product into the basket.
WITH seen AS (
    SELECT
        o.id AS order_id,
        o.organization_id,
        o.total,
        o.placed_at,
        (
            SELECT i.content_id
            FROM gallery_items AS i
            WHERE i.gallery_id = o.gallery_id
            ORDER BY md5(o.id::text || i.content_id)
            LIMIT 1
        ) AS content_id,
        (SELECT i.product_id FROM order_items AS i WHERE i.order_id = o.id AND i.position = 1) AS product_id
    FROM orders AS o
    WHERE o.gallery_id IS NOT NULL AND o.paid_at IS NOT NULL
)
SELECT
    md5(concat_ws('/', 'attribution', s.order_id, k.kind))::uuid AS id,
    s.organization_id,
    s.content_id,
    c.creator_id,
    CASE WHEN k.step > 2 THEN s.product_id END AS product_id,
    CASE WHEN k.kind = 'purchase' THEN s.order_id END AS order_id,
    k.kind::attribution_kind AS kind,
    'linear'::attribution_model AS model,
    md5('visitor/' || s.order_id)::uuid AS visitor_id,
    CASE WHEN k.kind = 'purchase' THEN s.total ELSE 0 END AS value,
    0.25 AS weight,
    jsonb_build_object('source', 'gallery', 'step', k.step) AS context,
    s.placed_at - (4 - k.step) * interval '3 minutes' AS occurred_at
FROM seen AS s
JOIN contents AS c ON c.id = s.content_id
CROSS JOIN (VALUES (1, 'view'), (2, 'click'), (3, 'add_to_cart'), (4, 'purchase')) AS k (step, kind)
