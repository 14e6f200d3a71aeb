-- Seven purchases for each portfolio, of seven instruments, each at a price of its day, and what follows from them.
-- No more is spent than was paid in, and no more is sold than was bought. What looks like chance is taken from the
-- digest of names, so that it is the same every time: a, b, c and d are numbers from 0 to 65,535.
--
-- NOVA was split on 2025-09-23: two shares for one.
WITH days AS (
    SELECT day::date, row_number() OVER (ORDER BY day) AS number FROM bars GROUP BY day
),
symbols AS (
    SELECT symbol, asset_class, row_number() OVER (ORDER BY symbol) - 1 AS number FROM instrument_list
),
prices AS (
    SELECT b.symbol, d.number AS day_number, d.day, b.low::numeric, b.high::numeric, b.close::numeric
    FROM bars AS b JOIN days AS d ON d.day = b.day::date
),
people AS (
    SELECT
        id,
        created_at,
        20000 + ('x' || substr(md5(id::text), 1, 4))::bit(16)::int % 160 * 500 AS deposit,
        ('x' || substr(md5(id::text), 5, 4))::bit(16)::int AS a
    FROM all_portfolios
),
lots AS (
    SELECT
        p.id AS portfolio_id,
        k AS lot,
        s.symbol,
        s.asset_class,
        p.deposit * (5 + (n.a / 50) % 8) / 100.0 AS budget,
        1 + n.b % 20 AS day_number,
        n.b, n.c, n.d
    FROM people AS p
    CROSS JOIN generate_series(0, 6) AS k
    CROSS JOIN LATERAL (SELECT md5('lot/' || p.id || '/' || k) AS digest) AS m
    CROSS JOIN LATERAL (
        SELECT
            ('x' || substr(digest, 1, 4))::bit(16)::int AS a,
            ('x' || substr(digest, 5, 4))::bit(16)::int AS b,
            ('x' || substr(digest, 9, 4))::bit(16)::int AS c,
            ('x' || substr(digest, 13, 4))::bit(16)::int AS d
    ) AS n
    JOIN symbols AS s ON s.number = k * 7 + n.a % 7 + CASE WHEN k = 6 THEN 1 ELSE 0 END
),
buys AS (
    SELECT
        l.*,
        v.price,
        greatest(
            CASE WHEN l.asset_class = 'crypto' THEN round(l.budget / v.price, 4) ELSE floor(l.budget / v.price) END,
            CASE WHEN l.asset_class = 'crypto' THEN 0.0001 ELSE 1 END
        ) AS quantity,
        p.day + time '13:30' + l.c % 380 * interval '1 minute' AS traded_at
    FROM lots AS l
    JOIN prices AS p ON p.symbol = l.symbol AND p.day_number = l.day_number
    CROSS JOIN LATERAL (SELECT round(p.low + (p.high - p.low) * (l.d % 100) / 100, 2) AS price) AS v
),
sells AS (
    SELECT
        b.portfolio_id, b.lot, b.symbol,
        CASE
            WHEN b.c % 8 = 0 OR b.asset_class = 'crypto' THEN b.quantity
            ELSE greatest(floor(b.quantity / 2), 1)
        END AS quantity,
        round(p.low + (p.high - p.low) * (b.b % 100) / 100, 2) AS price,
        p.day + time '13:30' + b.d % 380 * interval '1 minute' AS traded_at
    FROM buys AS b
    JOIN prices AS p ON p.symbol = b.symbol AND p.day_number = b.day_number + 1 + b.d % (30 - b.day_number)
    WHERE b.c % 4 = 0 AND b.symbol <> 'NOVA'
),
entries AS (
    SELECT
        portfolio_id, 'buy' AS type, lot, symbol, quantity, price, round(1 + quantity * price * 0.0004, 2) AS fees,
        traded_at
    FROM buys
    UNION ALL
    SELECT portfolio_id, 'sell', lot, symbol, quantity, price, round(1 + quantity * price * 0.0004, 2), traded_at
    FROM sells
    UNION ALL
    SELECT b.portfolio_id, 'dividend', lot, b.symbol, b.quantity, round(p.close * 0.0045, 4), 0, p.day + time '20:30'
    FROM buys AS b
    JOIN prices AS p ON p.symbol = b.symbol AND p.day_number = 28
    WHERE b.c % 4 = 1 AND b.asset_class NOT IN ('crypto', 'commodity') AND b.symbol <> 'NOVA'
    UNION ALL
    SELECT portfolio_id, 'split', lot, symbol, quantity, 0, 0, timestamp '2025-09-23 12:00:00'
    FROM buys
    WHERE symbol = 'NOVA' AND traded_at < '2025-09-23'
    UNION ALL
    SELECT id, 'deposit', 0, NULL, deposit, 1, 0, date_trunc('minute', created_at) + interval '1 hour' FROM people
    UNION ALL
    SELECT id, 'deposit', 1, NULL, 250 + a % 8 * 250, 1, 0, timestamp '2025-09-15 08:00:00' FROM people WHERE a % 3 = 0
    UNION ALL
    SELECT id, 'withdrawal', 0, NULL, round(deposit * 0.02, 2), 1, 0, timestamp '2025-09-29 09:15:00'
    FROM people
    WHERE a % 10 = 1
    UNION ALL
    SELECT id, 'interest', 0, NULL, round(deposit * 0.0002 + a % 100 / 100.0, 2), 1, 0, timestamp '2025-09-30 22:00:00'
    FROM people
    UNION ALL
    SELECT id, 'fee', 0, NULL, 4.99, 1, 0, timestamp '2025-09-02 06:00:00' FROM people
)
SELECT
    md5(concat_ws('/', 'transaction', portfolio_id, type, lot))::uuid AS id,
    portfolio_id,
    type,
    symbol,
    quantity,
    price,
    fees,
    'USD' AS currency,
    traded_at AT TIME ZONE 'UTC' AS traded_at,
    CASE WHEN type IN ('buy', 'sell') THEN
        traded_at::date + CASE
            WHEN traded_at::date = '2025-08-29' THEN 4      -- 1 September was a holiday
            WHEN extract(isodow FROM traded_at) = 5 THEN 3
            ELSE 1
        END
    END AS settles_on,
    'NX' || upper(substr(md5(concat_ws('/', portfolio_id, type, lot)), 1, 12)) AS external_id,
    CASE WHEN type = 'split' THEN 'two for one' END AS note,
    traded_at AT TIME ZONE 'UTC' AS created_at,
    traded_at AT TIME ZONE 'UTC' AS updated_at
FROM entries
