-- Risk on each day that has twenty daily returns, of these twenty; beta against the index of everything.
WITH index_returns AS (
    SELECT day, close / lag(close) OVER (ORDER BY day) - 1 AS daily_return FROM index_values WHERE symbol = 'NX50'
),
returns AS (
    SELECT
        v.portfolio_id, v.day, v.daily_return AS y, i.daily_return AS x,
        row_number() OVER (PARTITION BY v.portfolio_id ORDER BY v.day) AS number
    FROM daily_values AS v
    JOIN index_returns AS i ON i.day = v.day
    WHERE v.daily_return IS NOT NULL
),
windows AS (
    SELECT
        n.portfolio_id, n.day AS until, r.day, r.y, r.x,
        exp(sum(ln(1 + r.y)) OVER (PARTITION BY n.portfolio_id, n.day ORDER BY r.day)) AS growth
    FROM returns AS n
    JOIN returns AS r ON r.portfolio_id = n.portfolio_id AND r.number BETWEEN n.number - 19 AND n.number
    WHERE n.number >= 20
),
falls AS (
    SELECT *, growth / max(growth) OVER (PARTITION BY portfolio_id, until ORDER BY day) - 1 AS fall FROM windows
),
losses AS (
    SELECT portfolio_id, until, percentile_disc(0.05) WITHIN GROUP (ORDER BY y) AS worst
    FROM windows
    GROUP BY portfolio_id, until
),
figures AS (
    SELECT
        f.portfolio_id,
        f.until,
        stddev_samp(y) * sqrt(252.0) AS volatility,
        (count(*) * sum(x * y) - sum(x) * sum(y)) / nullif(count(*) * sum(x * x) - sum(x) * sum(x), 0) AS beta,
        avg(y) / nullif(stddev_samp(y), 0) * sqrt(252.0) AS sharpe,
        avg(y) / nullif(sqrt(avg(least(y, 0) * least(y, 0))), 0) * sqrt(252.0) AS sortino,
        -min(fall) AS max_drawdown,
        -min(l.worst) AS var_95,
        -avg(y) FILTER (WHERE y <= l.worst) AS cvar_95
    FROM falls AS f
    JOIN losses AS l USING (portfolio_id, until)
    GROUP BY f.portfolio_id, f.until
)
SELECT
    (f.until + time '21:30') AT TIME ZONE 'UTC' AS time,
    f.portfolio_id,
    p.user_id,
    m.metric,
    20 AS window_days,
    round(m.value, 8) AS value
FROM figures AS f
JOIN all_portfolios AS p ON p.id = f.portfolio_id
CROSS JOIN LATERAL (
    VALUES
        ('volatility', volatility), ('beta', beta), ('sharpe', sharpe), ('sortino', sortino),
        ('max_drawdown', max_drawdown), ('var_95', var_95), ('cvar_95', cvar_95)
) AS m (metric, value)
WHERE m.value IS NOT NULL
