-- Each licence was granted; some have been revoked since.
SELECT
    md5(concat_ws('/', 'ledger', r.id, e.entry))::uuid AS id,
    r.id AS content_right_id,
    e.entry,
    e.event::rights_event AS event,
    c.user_id AS actor_id,
    CASE WHEN e.entry = 2 THEN r.organization_id END AS from_organization_id,
    CASE WHEN e.entry = 1 THEN r.organization_id END AS to_organization_id,
    jsonb_build_object('license', r.license, 'starts_on', r.starts_on, 'ends_on', r.ends_on, 'fee', r.fee) AS terms,
    CASE WHEN e.entry = 1 THEN r.created_at ELSE r.revoked_at END AS occurred_at
FROM content_rights AS r
JOIN contents AS t ON t.id = r.content_id
JOIN creators AS c ON c.id = t.creator_id
JOIN (VALUES (1, 'granted'), (2, 'revoked')) AS e (entry, event) ON e.entry = 1 OR r.revoked_at IS NOT NULL
