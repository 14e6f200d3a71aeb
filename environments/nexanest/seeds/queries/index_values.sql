-- Five indexes: the average growth of what is in them, from 1,000 on. A split is no loss.
WITH closes AS (
    SELECT
        i.asset_class,
        b.day::date,
        b.close::numeric * CASE WHEN b.symbol = 'NOVA' AND b.day::date >= '2025-09-23' THEN 2 ELSE 1 END
            / first_value(b.close::numeric) OVER (PARTITION BY b.symbol ORDER BY b.day) AS growth
    FROM bars AS b
    JOIN instrument_list AS i ON i.symbol = b.symbol
    WHERE i.asset_class <> 'crypto'
)
SELECT n.symbol, c.day, round(1000 * avg(c.growth), 6) AS close
FROM (
    VALUES ('NX50', NULL), ('NXEQ', 'equity'), ('NXBD', 'bond'), ('NXFD', 'fund'), ('NXRE', 'real_estate')
) AS n (symbol, asset_class)
JOIN closes AS c ON n.asset_class IS NULL OR c.asset_class = n.asset_class
GROUP BY n.symbol, c.day
