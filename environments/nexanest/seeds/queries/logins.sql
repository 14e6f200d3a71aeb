-- The last four times that somebody logged in; the last of them is the one that users.last_login_at says.
SELECT
    md5(concat_ws('/', 'login', u.id, n))::uuid AS id,
    u.email,
    u.id AS user_id,
    ('198.51.100.' || a.number % 256)::inet AS ip_address,
    CASE a.number % 3
        WHEN 0 THEN 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0'
        ELSE 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15'
    END AS user_agent,
    true AS succeeded,
    u.last_login_at - n * (interval '20 hours' + a.number % 3000 * interval '1 minute') AS attempted_at
FROM users AS u
CROSS JOIN generate_series(0, 3) AS n
CROSS JOIN LATERAL (SELECT ('x' || substr(md5(u.id || '/' || n), 1, 4))::bit(16)::int AS number) AS a
WHERE u.status = 'active' AND u.last_login_at IS NOT NULL
