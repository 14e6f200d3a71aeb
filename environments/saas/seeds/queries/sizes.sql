-- How the tables grew in September: a little every day.
SELECT
    timestamptz '2025-09-01 02:00:00Z' + d * interval '1 day' AS measured_at,
    t.table_name,
    t.row_count + d * t.more AS row_count,
    (t.row_count + d * t.more) / 40 * 8192 + 65536 AS bytes
FROM (
    VALUES ('users', 280, 1), ('subscriptions', 170, 1), ('invoices', 900, 5), ('plans', 5, 0)
) AS t (table_name, row_count, more)
CROSS JOIN generate_series(0, 29) AS d
