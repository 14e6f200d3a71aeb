-- For each purchase and sale: the order, the trade, and, a day of work later, its settlement. Some orders came to
-- nothing.
WITH trades AS (
    SELECT t.*, p.user_id, ('x' || substr(md5(t.id::text), 1, 4))::bit(16)::int AS number
    FROM transactions AS t
    JOIN all_portfolios AS p ON p.id = t.portfolio_id
    WHERE t.type IN ('buy', 'sell')
)
SELECT
    e.time,
    md5(concat_ws('/', 'event', t.id, e.event_type))::uuid AS id,
    t.user_id,
    t.portfolio_id,
    CASE WHEN e.event_type IN ('filled', 'settled') THEN t.id END AS transaction_id,
    e.event_type,
    t.symbol,
    t.type AS side,
    t.quantity,
    e.price,
    t.currency,
    jsonb_build_object('order', t.external_id) || e.payload AS payload
FROM trades AS t
CROSS JOIN LATERAL (
    VALUES
        (
            'order_placed', t.traded_at - (1 + number % 20) * interval '1 minute', NULL::numeric, true,
            '{"kind": "market"}'::jsonb
        ),
        ('filled', t.traded_at, t.price, true, '{}'),
        ('settled', t.settles_on + timetz '22:00Z', t.price, t.settles_on < '2025-10-01', '{}'),
        ('order_changed', t.traded_at - interval '45 seconds', NULL, number % 9 = 0, '{"changed": ["quantity"]}'),
        ('order_cancelled', t.traded_at - interval '2 hours', NULL, number % 15 = 0, '{"by": "user"}'),
        ('order_rejected', t.traded_at - interval '3 hours', NULL, number % 25 = 0, '{"reason": "market closed"}')
) AS e (event_type, time, price, happened, payload)
WHERE e.happened
