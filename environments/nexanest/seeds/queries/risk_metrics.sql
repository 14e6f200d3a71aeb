-- Risk over the thirty days, from daily returns; beta against the index of everything.
WITH index_returns AS (
    SELECT day, close / lag(close) OVER (ORDER BY day) - 1 AS daily_return FROM index_values WHERE symbol = 'NX50'
),
returns AS (
    SELECT
        v.portfolio_id, v.day, v.daily_return AS y, i.daily_return AS x,
        exp(sum(ln(1 + v.daily_return)) OVER (PARTITION BY v.portfolio_id ORDER BY v.day)) AS growth
    FROM daily_values AS v
    JOIN index_returns AS i ON i.day = v.day
    WHERE v.daily_return IS NOT NULL
),
falls AS (
    SELECT *, growth / max(growth) OVER (PARTITION BY portfolio_id ORDER BY day) - 1 AS fall FROM returns
),
losses AS (
    SELECT portfolio_id, percentile_disc(0.05) WITHIN GROUP (ORDER BY y) AS worst FROM returns GROUP BY portfolio_id
),
figures AS (
    SELECT
        f.portfolio_id,
        stddev_samp(y) * sqrt(252.0) AS volatility,
        (count(*) * sum(x * y) - sum(x) * sum(y)) / nullif(count(*) * sum(x * x) - sum(x) * sum(x), 0) AS beta,
        avg(y) / nullif(stddev_samp(y), 0) * sqrt(252.0) AS sharpe,
        avg(y) / nullif(sqrt(avg(least(y, 0) * least(y, 0))), 0) * sqrt(252.0) AS sortino,
        -min(fall) AS max_drawdown,
        -min(l.worst) AS var_95,
        -avg(y) FILTER (WHERE y <= l.worst) AS cvar_95
    FROM falls AS f
    JOIN losses AS l USING (portfolio_id)
    GROUP BY f.portfolio_id
)
SELECT
    timestamptz '2025-09-30 21:30:00Z' AS time,
    f.portfolio_id,
    p.user_id,
    m.metric,
    30 AS window_days,
    round(m.value, 8) AS value
FROM figures AS f
JOIN all_portfolios AS p ON p.id = f.portfolio_id
CROSS JOIN LATERAL (
    VALUES
        ('volatility', volatility), ('beta', beta), ('sharpe', sharpe), ('sortino', sortino),
        ('max_drawdown', max_drawdown), ('var_95', var_95), ('cvar_95', cvar_95)
) AS m (metric, value)
WHERE m.value IS NOT NULL
