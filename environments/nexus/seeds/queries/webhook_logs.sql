-- Ten deliveries of each webhook; the last three of every fifth one failed.
WITH receivers AS (
    SELECT id, row_number() OVER (ORDER BY id) % 5 = 0 AS is_broken FROM webhooks
)
SELECT
    md5(concat_ws('/', 'delivery', r.id, n))::uuid AS id,
    r.id AS webhook_id,
    'order.paid' AS event,
    jsonb_build_object('id', n, 'event', 'order.paid') AS payload,
    1 AS attempt,
    CASE WHEN NOT (r.is_broken AND n > 7) THEN 200 WHEN n < 10 THEN 503 END AS response_status,
    CASE WHEN NOT (r.is_broken AND n = 10) THEN 40 + n * 7 END AS response_milliseconds,
    CASE WHEN r.is_broken AND n = 10 THEN 'no answer within 10 seconds' END AS error,
    timestamptz '2025-09-20 00:00:00Z' + n * interval '1 day' AS sent_at
FROM receivers AS r
CROSS JOIN generate_series(1, 10) AS n
