-- Every key was made by its user, and some were revoked; some users have changed their password; who failed five times was
-- locked.
WITH found AS (
    SELECT 'api_key_created' AS event_type, id AS about, user_id, id AS api_key_id, 'info' AS severity, created_at AS at
    FROM api_keys
    UNION ALL
    SELECT 'api_key_revoked', id, user_id, id, 'low', revoked_at
    FROM api_keys
    WHERE status = 'revoked'
    UNION ALL
    SELECT 'password_changed', id, id, NULL, 'info', created_at + interval '30 days'
    FROM users
    WHERE id::text ~ '^[01]' AND status = 'active'
    UNION ALL
    SELECT 'account_locked', id, id, NULL, 'medium', updated_at
    FROM users
    WHERE locked_until IS NOT NULL
)
SELECT
    md5(concat_ws('/', 'account event', event_type, about))::uuid AS id,
    user_id,
    api_key_id,
    event_type,
    severity,
    at AS occurred_at,
    at AS created_at,
    at AS updated_at
FROM found
