-- Everybody has agreed to the terms and the privacy policy; two of three want to hear of news.
SELECT
    md5(concat_ws('/', 'consent', u.id, p.purpose))::uuid AS id,
    u.id AS user_id,
    p.purpose::consent_purpose AS purpose,
    '2024-01' AS document_version,
    p.purpose <> 'marketing' OR ('x' || substr(md5(u.id::text), 1, 4))::bit(16)::int % 3 > 0 AS is_granted,
    ('192.0.2.' || ('x' || substr(md5(u.id::text), 1, 2))::bit(8)::int)::inet AS ip_address,
    u.created_at AS recorded_at
FROM users AS u
CROSS JOIN (VALUES ('terms'), ('privacy'), ('marketing')) AS p (purpose)
WHERE u.role <> 'admin'
