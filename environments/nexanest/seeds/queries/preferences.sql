-- Three choices of each user; security is always shown in the application.
SELECT
    u.id AS user_id,
    c.category,
    c.channel,
    c.channel = 'in_app' OR ('x' || substr(md5(u.id || c.category), 1, 2))::bit(8)::int % 4 > 0 AS is_enabled,
    u.created_at,
    u.created_at AS updated_at
FROM users AS u
CROSS JOIN (
    VALUES
        ('security', 'in_app'), ('security', 'email'), ('price_alert', 'push'),
        ('trade', 'in_app'), ('report', 'email'), ('product', 'email')
) AS c (category, channel)
WHERE ('x' || substr(md5(c.category || c.channel || u.id), 1, 2))::bit(8)::int < 128
