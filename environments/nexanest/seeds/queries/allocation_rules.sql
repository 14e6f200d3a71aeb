-- What the shares of a portfolio should be; those of one kind add up to 100 per cent.
SELECT
    md5(concat_ws('/', 'rule', p.id, r.asset_class))::uuid AS id,
    p.id AS portfolio_id,
    r.asset_class,
    r.target_percent,
    r.tolerance,
    p.created_at,
    p.created_at AS updated_at
FROM portfolios AS p
JOIN (
    VALUES
        ('brokerage', 'equity', 70, 5), ('brokerage', 'fund', 20, 5), ('brokerage', 'cash', 10, 10),
        ('retirement', 'equity', 40, 5), ('retirement', 'bond', 50, 5), ('retirement', 'real_estate', 10, 2.5),
        ('savings', 'bond', 60, 5), ('savings', 'cash', 40, 10),
        ('paper', 'equity', 80, 10), ('paper', 'crypto', 20, 10)
) AS r (kind, asset_class, target_percent, tolerance) ON r.kind = p.kind
