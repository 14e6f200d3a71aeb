-- How many deliveries have failed since the last one that did not.
SELECT
    w.id,
    (
        SELECT count(*)::int
        FROM webhook_logs AS l
        WHERE l.webhook_id = w.id AND NOT l.succeeded
          AND l.sent_at > (SELECT max(k.sent_at) FROM webhook_logs AS k WHERE k.webhook_id = w.id AND k.succeeded)
    ) AS failure_count
FROM webhooks AS w
