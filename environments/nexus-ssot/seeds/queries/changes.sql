-- Users who were suspended, keys that were revoked, alerts that were seen, violations that were dealt with: before and
-- after. The row before is the one that insertions.sql noted.
WITH changed AS (
    SELECT
        'users' AS table_name, id, updated_at, (SELECT id FROM users WHERE username = 'admin') AS user_id,
        to_jsonb(t) AS row, ARRAY['status'] AS columns
    FROM users AS t
    WHERE status IN ('suspended', 'deactivated')
    UNION ALL
    SELECT 'api_keys', id, updated_at, user_id, to_jsonb(t), ARRAY['revoked_at', 'status']
    FROM api_keys AS t
    WHERE status = 'revoked'
    UNION ALL
    SELECT
        'budget_alerts', id, updated_at, acknowledged_by,
        to_jsonb(t), ARRAY['acknowledged_at', 'acknowledged_by', 'status']
    FROM budget_alerts AS t
    WHERE status <> 'open'
    UNION ALL
    SELECT
        'compliance_violations', id, updated_at, resolved_by,
        to_jsonb(t), ARRAY['resolution', 'resolved_at', 'resolved_by', 'status']
    FROM compliance_violations AS t
    WHERE status IN ('remediated', 'waived')
)
SELECT
    md5(concat_ws('/', 'audit change', c.table_name, c.id))::uuid AS id,
    c.updated_at AS occurred_at,
    c.user_id,
    'nexus_app' AS database_role,
    'UPDATE' AS action,
    c.table_name,
    c.id AS record_id,
    l.new_values AS old_values,
    c.row - ARRAY['password_hash', 'key_hash'] AS new_values,
    c.columns AS changed_columns
FROM changed AS c
JOIN audit_log AS l ON l.table_name = c.table_name AND l.record_id = c.id AND l.action = 'INSERT'
