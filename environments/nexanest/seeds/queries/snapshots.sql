SELECT
    md5(concat_ws('/', 'snapshot', portfolio_id, day))::uuid AS id,
    portfolio_id,
    day AS snapshot_date,
    'USD' AS currency,
    holdings_value,
    cash_value,
    cost_basis,
    net_deposits,
    daily_return,
    (day + time '21:00') AT TIME ZONE 'UTC' AS created_at,
    (day + time '21:00') AT TIME ZONE 'UTC' AS updated_at
FROM daily_values
