-- Forty transactions whose fees were put right: as the audit log has them, without what users wrote.
SELECT
    md5('correction/' || id)::uuid AS id,
    created_at + interval '1 day' AS occurred_at,
    NULL::uuid AS actor_id,
    'portfolio_service' AS actor_role,
    'update' AS action,
    'transactions' AS table_name,
    id AS row_id,
    row || jsonb_build_object('fees', fees + 1, 'net_amount', net_amount - 1) AS old_row,
    row AS new_row
FROM (
    SELECT *, to_jsonb(t) - 'note' - 'updated_at' AS row
    FROM transactions AS t
    WHERE type = 'buy'
    ORDER BY md5(id::text)
    LIMIT 40
) AS t
