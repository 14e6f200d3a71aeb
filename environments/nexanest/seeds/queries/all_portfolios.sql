SELECT id, user_id, kind, created_at FROM portfolios
UNION ALL
SELECT id, user_id, kind, created_at FROM second_portfolios
UNION ALL
SELECT id, user_id, kind, created_at FROM test_portfolios
