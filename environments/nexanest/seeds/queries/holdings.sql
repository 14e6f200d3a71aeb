-- What the trigger on transactions would have kept: what is left of each instrument, at the average cost of buying.
-- Here every purchase comes before every sale, and a sale doesn't change the average.
SELECT
    md5(concat_ws('/', 'holding', t.portfolio_id, t.symbol))::uuid AS id,
    t.portfolio_id,
    t.symbol,
    i.asset_class,
    min(t.currency) AS currency,
    sum(CASE t.type WHEN 'sell' THEN -t.quantity WHEN 'dividend' THEN 0 ELSE t.quantity END) AS quantity,
    CASE
        WHEN sum(CASE t.type WHEN 'sell' THEN -t.quantity WHEN 'dividend' THEN 0 ELSE t.quantity END) = 0 THEN 0
        ELSE sum(t.quantity * t.price + t.fees) FILTER (WHERE t.type = 'buy')
            / sum(t.quantity) FILTER (WHERE t.type IN ('buy', 'split'))
    END AS average_cost,
    min(t.created_at) AS created_at,
    max(t.created_at) AS updated_at
FROM transactions AS t
JOIN instrument_list AS i ON i.symbol = t.symbol
GROUP BY t.portfolio_id, t.symbol, i.asset_class
