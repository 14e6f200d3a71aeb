-- An entity for each table and an attribute for each of its columns, as the catalog has them.
WITH tables AS (
    SELECT c.oid, c.relname, obj_description(c.oid, 'pg_class') AS description
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
),
entries AS (
    SELECT
        relname AS name, 'entity' AS anchor_type, NULL AS entity,
        relname, NULL AS column_name, NULL AS type, description
    FROM tables
    UNION ALL
    SELECT
        t.relname || '.' || a.attname, 'attribute', t.relname, t.relname, a.attname,
        format_type(a.atttypid, a.atttypmod), col_description(t.oid, a.attnum)
    FROM tables AS t
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT
    md5('anchor/' || name)::uuid AS id,
    name,
    anchor_type,
    md5('anchor/' || entity)::uuid AS parent_id,
    relname AS source_table,
    column_name AS source_column,
    type AS data_type,
    coalesce(description, '') AS description,
    coalesce(
        column_name IN (
            'email', 'password_hash', 'first_name', 'last_name', 'phone', 'number_last4', 'ip_address', 'key_hash',
            'old_values', 'new_values'
        ),
        false
    ) AS is_sensitive,
    '{"found_in": "catalog"}'::jsonb AS metadata,
    (SELECT id FROM users WHERE username = 'admin') AS created_by,
    timestamptz '2023-10-12 00:00:00Z' AS created_at,
    timestamptz '2023-10-12 00:00:00Z' AS updated_at
FROM entries
