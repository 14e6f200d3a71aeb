-- Each row as it is, but for what a later change made of it; secrets are left out, as by the trigger.
WITH entries AS (
    SELECT 'roles' AS table_name, id, created_at, NULL::uuid AS user_id, to_jsonb(t) AS row FROM roles AS t
    UNION ALL
    SELECT 'users', id, created_at, NULL, to_jsonb(t) FROM users AS t
    UNION ALL
    SELECT 'user_roles', id, granted_at, granted_by, to_jsonb(t) FROM user_roles AS t
    UNION ALL
    SELECT 'api_keys', id, created_at, user_id, to_jsonb(t) FROM api_keys AS t
    UNION ALL
    SELECT 'api_endpoints', id, created_at, created_by, to_jsonb(t) FROM api_endpoints AS t
    UNION ALL
    SELECT 'ssot_anchors', id, created_at, created_by, to_jsonb(t) FROM ssot_anchors AS t
    UNION ALL
    SELECT 'alias_definitions', id, created_at, created_by, to_jsonb(t) FROM alias_definitions AS t
    UNION ALL
    SELECT 'financial_accounts', id, created_at, user_id, to_jsonb(t) FROM financial_accounts AS t
    UNION ALL
    SELECT 'transactions', id, created_at, NULL, to_jsonb(t) FROM transactions AS t
    UNION ALL
    SELECT 'budgets', id, created_at, user_id, to_jsonb(t) FROM budgets AS t
    UNION ALL
    SELECT 'budget_alerts', id, created_at, NULL, to_jsonb(t) FROM budget_alerts AS t
    UNION ALL
    SELECT 'security_events', id, created_at, NULL, to_jsonb(t) FROM security_events AS t
    UNION ALL
    SELECT 'compliance_violations', id, created_at, NULL, to_jsonb(t) FROM compliance_violations AS t
)
SELECT
    md5(concat_ws('/', 'audit', table_name, id))::uuid AS id,
    created_at AS occurred_at,
    user_id,
    CASE WHEN user_id IS NULL THEN 'nexus_service' ELSE 'nexus_app' END AS database_role,
    'INSERT' AS action,
    table_name,
    id AS record_id,
    row - ARRAY['password_hash', 'key_hash'] || CASE
        WHEN table_name = 'users' AND row ->> 'status' IN ('suspended', 'deactivated') THEN '{"status": "active"}'
        WHEN table_name = 'api_keys' THEN '{"status": "active", "revoked_at": null}'
        WHEN table_name = 'budget_alerts' THEN '{"status": "open", "acknowledged_at": null, "acknowledged_by": null}'
        WHEN table_name = 'compliance_violations'
            THEN '{"status": "open", "resolved_at": null, "resolved_by": null, "resolution": null}'
        ELSE '{}'
    END::jsonb AS new_values
FROM entries
