-- How campaigns and contracts came to be what they are: added, and then completed.
WITH rows AS (
    SELECT 'campaigns' AS table_name, id, organization_id, created_by_id AS actor_id, status::text, created_at, updated_at
    FROM campaigns
    UNION ALL
    SELECT 'contracts', id, organization_id, NULL, status::text, created_at, updated_at
    FROM contracts
)
SELECT
    md5(concat_ws('/', 'audit', r.table_name, r.id, e.action))::uuid AS id,
    CASE e.action WHEN 'insert' THEN r.created_at ELSE r.updated_at END AS occurred_at,
    r.actor_id,
    'nexus_app' AS actor_role,
    e.action::audit_action AS action,
    r.table_name,
    r.id AS row_id,
    r.organization_id,
    CASE WHEN e.action = 'update' THEN jsonb_build_object('id', r.id, 'status', 'draft') END AS before,
    jsonb_build_object('id', r.id, 'status', CASE e.action WHEN 'insert' THEN 'draft' ELSE r.status END) AS after,
    CASE WHEN e.action = 'update' THEN ARRAY['status'] ELSE '{}' END AS changed_columns
FROM rows AS r
JOIN (VALUES ('insert'), ('update')) AS e (action) ON e.action = 'insert' OR r.status <> 'draft'
