-- Four figures on each page, and the list of holdings.
SELECT
    md5(concat_ws('/', 'widget', d.id, w.position))::uuid AS id,
    d.id AS dashboard_id,
    w.metric_code,
    w.kind,
    w.title,
    w.position,
    w.settings::jsonb AS settings,
    d.created_at,
    d.created_at AS updated_at
FROM dashboards AS d
CROSS JOIN (
    VALUES
        (0, 'market_value', 'number', 'Worth today', '{"size": "large"}'),
        (1, 'return', 'line', 'This month', '{"days": 30}'),
        (2, 'volatility', 'bar', 'Risk', '{}'),
        (3, NULL, 'pie', 'Holdings', '{"by": "asset_class"}'),
        (4, 'fees', 'number', 'Fees', '{}')
) AS w (position, metric_code, kind, title, settings)
