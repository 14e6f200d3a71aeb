-- What a dollar buys, twice a day: around a usual rate, never far from the one before.
SELECT
    (d.day + t.hour) AT TIME ZONE 'UTC' AS time,
    'USD' AS base_currency,
    c.code AS quote_currency,
    round(
        c.usual * (1 + sum(('x' || substr(md5(c.code || d.day || t.hour), 1, 4))::bit(16)::int - 32768) OVER (
            PARTITION BY c.code ORDER BY d.day, t.hour
        ) / 32768.0 * 0.002),
        6
    ) AS rate
FROM (SELECT DISTINCT day::date FROM bars) AS d
CROSS JOIN (VALUES (time '08:00'), (time '20:00')) AS t (hour)
CROSS JOIN (
    VALUES
        ('AUD', 1.52), ('CAD', 1.39), ('CHF', 0.80), ('CNY', 7.12), ('EUR', 0.85), ('GBP', 0.74),
        ('HKD', 7.78), ('INR', 88.3), ('JPY', 148.0), ('NOK', 9.95), ('SEK', 9.38), ('SGD', 1.29)
) AS c (code, usual)
