SELECT
    (v.day + time '21:00') AT TIME ZONE 'UTC' AS time,
    v.portfolio_id,
    p.user_id,
    'USD' AS currency,
    v.holdings_value,
    v.cash_value
FROM daily_values AS v
JOIN all_portfolios AS p ON p.id = v.portfolio_id
