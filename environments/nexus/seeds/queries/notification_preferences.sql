-- Campaigns and payments by mail for everybody who isn't deleted; every third doesn't want them on the phone.
SELECT
    u.id AS user_id,
    k.category::notification_category AS category,
    k.channel::notification_channel AS channel,
    k.channel <> 'push' OR ('x' || substr(md5(u.id::text), 1, 4))::bit(16)::int % 3 > 0 AS is_enabled,
    u.created_at,
    u.created_at AS updated_at
FROM users AS u
CROSS JOIN (VALUES ('campaign', 'email'), ('payment', 'email'), ('campaign', 'push')) AS k (category, channel)
WHERE u.deleted_at IS NULL AND u.role <> 'admin'
