-- Each notification on its way to the channels of its user that are of its template's kind; what is shown in the
-- application needs none.
SELECT
    md5(concat_ws('/', 'delivery', n.id, c.id))::uuid AS id,
    n.id AS notification_id,
    c.id AS channel_id,
    s.status,
    CASE s.status WHEN 'queued' THEN 0 WHEN 'failed' THEN 5 ELSE 1 END AS attempts,
    n.created_at + interval '1 minute' AS next_attempt_at,
    CASE WHEN s.status IN ('sent', 'delivered', 'bounced') THEN 'msg-' || substr(md5(n.id || '/' || c.id), 1, 20) END
        AS provider_id,
    CASE s.status WHEN 'failed' THEN 'the provider did not answer' WHEN 'bounced' THEN 'mailbox full' END AS error,
    CASE WHEN s.status IN ('sent', 'delivered', 'bounced') THEN n.created_at + interval '5 seconds' END AS sent_at,
    n.created_at,
    n.created_at AS updated_at
FROM notifications AS n
JOIN templates AS t ON t.id = n.template_id
JOIN channels AS c ON c.user_id = n.user_id AND c.kind = t.channel AND c.disabled_at IS NULL
CROSS JOIN LATERAL (
    SELECT ('x' || substr(md5(n.id || '/' || c.id), 1, 4))::bit(16)::int % 100 AS chance
) AS m
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN n.created_at > '2025-09-30 23:00:00Z' THEN 'queued'
            WHEN m.chance < 80 THEN 'delivered'
            WHEN m.chance < 92 THEN 'sent'
            WHEN m.chance < 96 THEN 'bounced'
            ELSE 'failed'
        END AS status
) AS s
