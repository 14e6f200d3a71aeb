-- For each portfolio and day: shares at the closing price, cash, and what both were the day before.
WITH days AS (
    SELECT DISTINCT day::date FROM bars
),
positions AS (
    SELECT
        t.portfolio_id,
        d.day,
        t.symbol,
        sum(CASE t.type WHEN 'sell' THEN -t.quantity WHEN 'dividend' THEN 0 ELSE t.quantity END) AS held,
        sum(t.quantity * t.price + t.fees) FILTER (WHERE t.type = 'buy')
            / sum(t.quantity) FILTER (WHERE t.type IN ('buy', 'split')) AS average_cost
    FROM transactions AS t
    JOIN days AS d ON t.traded_at < d.day + 1
    WHERE t.symbol IS NOT NULL
    GROUP BY t.portfolio_id, d.day, t.symbol
),
holdings AS (
    SELECT
        p.portfolio_id, p.day,
        sum(round(p.held * b.close::numeric, 4)) AS holdings_value,
        sum(round(p.held * p.average_cost, 4)) AS cost_basis
    FROM positions AS p
    JOIN bars AS b ON b.symbol = p.symbol AND b.day::date = p.day
    GROUP BY p.portfolio_id, p.day
),
cash AS (
    SELECT
        t.portfolio_id, d.day,
        sum(round(
            CASE t.type
                WHEN 'buy' THEN -(t.quantity * t.price) - t.fees
                WHEN 'withdrawal' THEN -t.quantity - t.fees
                WHEN 'fee' THEN -t.quantity - t.fees
                WHEN 'split' THEN -t.fees
                ELSE t.quantity * t.price - t.fees
            END,
            4
        )) AS cash_value,
        coalesce(
            sum(CASE t.type WHEN 'deposit' THEN t.quantity ELSE -t.quantity END)
                FILTER (WHERE t.type IN ('deposit', 'withdrawal') AND t.traded_at >= d.day),
            0
        ) AS net_deposits
    FROM transactions AS t
    JOIN days AS d ON t.traded_at < d.day + 1
    GROUP BY t.portfolio_id, d.day
),
totals AS (
    SELECT
        portfolio_id, day,
        coalesce(holdings_value, 0) AS holdings_value,
        cash_value,
        coalesce(cost_basis, 0) AS cost_basis,
        net_deposits,
        lag(coalesce(holdings_value, 0) + cash_value) OVER (PARTITION BY portfolio_id ORDER BY day) AS before
    FROM cash
    LEFT JOIN holdings USING (portfolio_id, day)
)
SELECT
    portfolio_id, day, holdings_value, cash_value, cost_basis, net_deposits,
    round((holdings_value + cash_value - net_deposits - before) / nullif(before, 0), 8) AS daily_return
FROM totals
