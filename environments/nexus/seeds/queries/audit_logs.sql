-- How rows came to be what they are: added, and then brought to the state that they are in.
WITH rows AS (
    SELECT
        'campaigns' AS table_name, id, organization_id, created_by_id AS actor_id, 'draft' AS first,
        status::text AS last, created_at, updated_at
    FROM campaigns
    UNION ALL
    SELECT 'contracts', id, organization_id, NULL, 'draft', status::text, created_at, updated_at FROM contracts
    UNION ALL
    SELECT 'contents', id, organization_id, NULL, 'draft', status::text, created_at, updated_at FROM contents
    UNION ALL
    SELECT 'payouts', id, NULL, NULL, 'pending', status::text, created_at, updated_at FROM payouts
    UNION ALL
    SELECT 'disputes', id, NULL, opened_by_id, 'open', status::text, created_at, updated_at FROM disputes
    UNION ALL
    SELECT 'orders', id, organization_id, NULL, 'pending', status::text, created_at, updated_at FROM orders
    UNION ALL
    SELECT 'subscriptions', id, organization_id, NULL, 'trialing', status::text, created_at, updated_at
    FROM subscriptions
    UNION ALL
    SELECT 'organizations', id, id, owner_id, NULL, NULL, created_at, updated_at FROM organizations
)
SELECT
    md5(concat_ws('/', 'audit', r.table_name, r.id, e.action))::uuid AS id,
    CASE e.action WHEN 'insert' THEN r.created_at ELSE r.updated_at END AS occurred_at,
    r.actor_id,
    'nexus_service' AS actor_role,
    e.action::audit_action AS action,
    r.table_name,
    r.id AS row_id,
    r.organization_id,
    CASE WHEN e.action = 'update' THEN jsonb_build_object('id', r.id, 'status', r.first) END AS before,
    jsonb_strip_nulls(
        jsonb_build_object('id', r.id, 'status', CASE e.action WHEN 'insert' THEN r.first ELSE r.last END)
    ) AS after,
    CASE WHEN e.action = 'update' THEN ARRAY['status'] ELSE '{}' END AS changed_columns
FROM rows AS r
JOIN (VALUES ('insert'), ('update')) AS e (action) ON e.action = 'insert' OR r.last <> r.first
