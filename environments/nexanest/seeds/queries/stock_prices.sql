-- Eight trades a day for each instrument: the first at the opening price, the last at the closing price, the highest
-- and the lowest of the day at two of those between.
SELECT
    ((b.day::date + time '13:30') AT TIME ZONE 'UTC') + n.number * interval '55 minutes' AS time,
    b.symbol,
    v.price,
    b.volume::bigint / 8 AS volume,
    round(v.price * 0.9998, 4) AS bid,
    round(v.price * 1.0002, 4) AS ask
FROM bars AS b
CROSS JOIN LATERAL (
    SELECT
        ('x' || substr(md5(b.symbol || b.day), 1, 4))::bit(16)::int % 3 + 1 AS highest,
        ('x' || substr(md5(b.symbol || b.day), 5, 4))::bit(16)::int % 3 + 4 AS lowest
) AS place
CROSS JOIN generate_series(0, 7) AS n (number)
CROSS JOIN LATERAL (
    SELECT round(
        CASE n.number
            WHEN 0 THEN b.open::numeric
            WHEN 7 THEN b.close::numeric
            WHEN place.highest THEN b.high::numeric
            WHEN place.lowest THEN b.low::numeric
            ELSE b.low::numeric + (b.high::numeric - b.low::numeric)
                * (('x' || substr(md5(b.symbol || b.day || n.number), 1, 4))::bit(16)::int % 100) / 100
        END,
        2
    ) AS price
) AS v
