-- September 2025, for each portfolio.
WITH days AS (
    SELECT * FROM daily_values WHERE day >= '2025-09-01'
),
trades AS (
    SELECT portfolio_id, sum(fees) AS fees, count(*) FILTER (WHERE type IN ('buy', 'sell')) AS trades
    FROM transactions
    WHERE traded_at >= '2025-09-01'
    GROUP BY portfolio_id
),
growths AS (
    SELECT *, exp(sum(ln(1 + coalesce(daily_return, 0))) OVER (PARTITION BY portfolio_id ORDER BY day)) AS growth
    FROM days
),
falls AS (
    SELECT *, growth / max(growth) OVER (PARTITION BY portfolio_id ORDER BY day) - 1 AS fall FROM growths
),
figures AS (
    SELECT
        portfolio_id,
        (array_agg(holdings_value + cash_value ORDER BY day DESC))[1] AS market_value,
        (array_agg(growth ORDER BY day DESC))[1] - 1 AS return,
        stddev_samp(daily_return) * sqrt(252.0) AS volatility,
        avg(daily_return) / nullif(stddev_samp(daily_return), 0) * sqrt(252.0) AS sharpe,
        -min(fall) AS max_drawdown
    FROM falls
    GROUP BY portfolio_id
)
SELECT
    md5(concat_ws('/', 'metric', f.portfolio_id, m.code))::uuid AS id,
    p.user_id,
    f.portfolio_id,
    m.code AS metric_code,
    'month' AS period,
    date '2025-09-01' AS period_start,
    round(m.value, 8) AS value,
    CASE WHEN m.code IN ('market_value', 'fees') THEN 'USD' END AS currency,
    timestamptz '2025-09-30 22:30:00Z' AS computed_at
FROM figures AS f
JOIN all_portfolios AS p ON p.id = f.portfolio_id
LEFT JOIN trades AS t ON t.portfolio_id = f.portfolio_id
CROSS JOIN LATERAL (
    VALUES
        ('market_value', f.market_value), ('return', f.return), ('volatility', f.volatility), ('sharpe', f.sharpe),
        ('max_drawdown', f.max_drawdown), ('fees', coalesce(t.fees, 0)), ('trades', coalesce(t.trades, 0))
) AS m (code, value)
WHERE m.value IS NOT NULL
