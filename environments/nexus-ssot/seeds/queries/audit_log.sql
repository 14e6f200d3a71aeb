-- Each row as it was at first, and as each change left it; of somebody's logins and of the uses of a key only the last
-- one, and no changed passwords. `row` is what it is now, `otherwise` what was different at that step. Secrets are left out, as by the trigger.
WITH postings AS (
    SELECT
        account_id,
        posted_at,
        row_number() OVER by_time AS step,
        sum(amount) OVER by_time AS moved
    FROM transactions
    WHERE status = 'posted'
    WINDOW by_time AS (PARTITION BY account_id ORDER BY posted_at, id)
),
first_states AS (
    SELECT
        'roles' AS table_name, id, created_at AS at, NULL::uuid AS user_id, 'nexus_service' AS database_role,
        to_jsonb(t) AS row, '{}'::jsonb AS otherwise
    FROM roles AS t
    UNION ALL
    SELECT 'user_roles', id, granted_at, granted_by, 'nexus_service', to_jsonb(t), '{}'
    FROM user_roles AS t
    UNION ALL
    SELECT 'api_endpoints', id, created_at, created_by, 'nexus_service', to_jsonb(t), '{}'
    FROM api_endpoints AS t
    UNION ALL
    SELECT 'ssot_anchors', id, created_at, created_by, 'nexus_service', to_jsonb(t), '{}'
    FROM ssot_anchors AS t
    UNION ALL
    SELECT 'alias_definitions', id, created_at, created_by, 'nexus_service', to_jsonb(t), '{}'
    FROM alias_definitions AS t
    UNION ALL
    SELECT
        'users', id, created_at, NULL, 'nexus_service', to_jsonb(t),
        '{"failed_login_count": 0, "locked_until": null, "last_login_at": null}' || CASE
            WHEN status IN ('suspended', 'deactivated') THEN '{"status": "active"}'
            ELSE '{}'
        END::jsonb
    FROM users AS t
    UNION ALL
    SELECT
        'api_keys', id, created_at, user_id, 'nexus_service', to_jsonb(t),
        '{"status": "active", "last_used_at": null, "revoked_at": null}'
    FROM api_keys AS t
    UNION ALL
    SELECT
        'financial_accounts', id, created_at, user_id, 'nexus_service', to_jsonb(t),
        jsonb_build_object('balance', opening_balance) || CASE
            WHEN status = 'closed' THEN '{"status": "active", "closed_at": null}'
            ELSE '{}'
        END::jsonb
    FROM financial_accounts AS t
    UNION ALL
    SELECT
        'transactions', id, created_at, NULL, 'nexus_service', to_jsonb(t),
        '{"status": "pending", "posted_at": null}'
    FROM transactions AS t
    UNION ALL
    SELECT 'budgets', id, created_at, user_id, 'nexus_app', to_jsonb(t), '{"status": "active"}'
    FROM budgets AS t
    UNION ALL
    SELECT
        'budget_alerts', id, created_at, NULL, 'nexus_service', to_jsonb(t),
        '{"status": "open", "acknowledged_at": null, "acknowledged_by": null}'
    FROM budget_alerts AS t
    UNION ALL
    SELECT
        'security_events', id, created_at, NULL, 'nexus_service', to_jsonb(t),
        CASE
            WHEN status = 'recorded' THEN '{}'
            ELSE '{"status": "open", "resolved_at": null, "resolved_by": null}'
        END::jsonb
    FROM security_events AS t
    UNION ALL
    SELECT
        'compliance_violations', id, created_at, NULL, 'nexus_service', to_jsonb(t),
        '{"status": "open", "resolved_at": null, "resolved_by": null, "resolution": null}'
    FROM compliance_violations AS t
),
states AS (
    SELECT
        table_name, id, 0 AS step, at, user_id, database_role,
        row || otherwise || CASE
            WHEN row ? 'updated_at' THEN jsonb_build_object('updated_at', at)
            ELSE '{}'
        END AS row
    FROM first_states
    UNION ALL
    SELECT
        'api_keys', id, 1, last_used_at, NULL, 'nexus_service',
        to_jsonb(t) || '{"status": "active", "revoked_at": null}' || jsonb_build_object('updated_at', last_used_at)
    FROM api_keys AS t
    WHERE last_used_at IS NOT NULL
    UNION ALL
    SELECT
        'financial_accounts', t.id, p.step, p.posted_at, NULL, 'nexus_service',
        to_jsonb(t)
            || jsonb_build_object('balance', t.opening_balance + p.moved, 'updated_at', p.posted_at)
            || CASE WHEN t.status = 'closed' THEN '{"status": "active", "closed_at": null}' ELSE '{}' END::jsonb
    FROM financial_accounts AS t
    JOIN postings AS p ON p.account_id = t.id
    -- What became of each: nothing, of most.
    UNION ALL
    SELECT
        'users', id, 1000, updated_at,
        CASE WHEN status IN ('suspended', 'deactivated') THEN (SELECT id FROM users WHERE username = 'admin') END,
        'nexus_service', to_jsonb(t)
    FROM users AS t
    UNION ALL
    SELECT 'api_keys', id, 1000, updated_at, user_id, 'nexus_app', to_jsonb(t)
    FROM api_keys AS t
    UNION ALL
    SELECT 'financial_accounts', id, 1000, updated_at, NULL, 'nexus_service', to_jsonb(t)
    FROM financial_accounts AS t
    UNION ALL
    SELECT 'transactions', id, 1000, updated_at, NULL, 'nexus_service', to_jsonb(t)
    FROM transactions AS t
    UNION ALL
    SELECT
        'budgets', id, 1000, updated_at,
        CASE WHEN status = 'paused' THEN user_id END,
        CASE WHEN status = 'paused' THEN 'nexus_app' ELSE 'nexus_service' END,
        to_jsonb(t)
    FROM budgets AS t
    UNION ALL
    SELECT 'budget_alerts', id, 1000, updated_at, acknowledged_by, 'nexus_app', to_jsonb(t)
    FROM budget_alerts AS t
    UNION ALL
    SELECT 'security_events', id, 1000, updated_at, resolved_by, 'nexus_service', to_jsonb(t)
    FROM security_events AS t
    UNION ALL
    SELECT 'compliance_violations', id, 1000, updated_at, resolved_by, 'nexus_service', to_jsonb(t)
    FROM compliance_violations AS t
),
changes AS (
    SELECT
        s.table_name, s.id, s.step, s.at, s.user_id, s.database_role,
        s.row - ARRAY['password_hash', 'key_hash'] AS after,
        lag(s.row - ARRAY['password_hash', 'key_hash']) OVER (PARTITION BY s.table_name, s.id ORDER BY s.step) AS before
    FROM states AS s
)
SELECT
    md5(concat_ws('/', 'audit', c.table_name, c.id, c.step))::uuid AS id,
    c.at AS occurred_at,
    c.user_id,
    c.database_role,
    CASE WHEN c.step = 0 THEN 'INSERT' ELSE 'UPDATE' END AS action,
    c.table_name,
    c.id AS record_id,
    c.before AS old_values,
    c.after AS new_values,
    d.changed_columns
FROM changes AS c
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(key ORDER BY key), '{}') AS changed_columns
    FROM jsonb_each(c.after)
    WHERE c.step > 0 AND value IS DISTINCT FROM c.before -> key AND key <> 'updated_at'
) AS d
WHERE c.step = 0 OR d.changed_columns <> '{}'
