-- Every ninth contract is disputed; those about completed ones are resolved.
SELECT
    md5('dispute/' || k.id)::uuid AS id,
    k.id AS contract_id,
    o.owner_id AS opened_by_id,
    CASE WHEN k.status = 'completed' THEN (
        SELECT id FROM users WHERE role = 'admin' ORDER BY created_at, id LIMIT 1
    ) END AS resolved_by_id,
    (ARRAY['late', 'quality', 'payment', 'rights'])[
        1 + ('x' || substr(md5(k.id::text), 1, 4))::bit(16)::int % 4
    ]::dispute_reason AS reason,
    CASE WHEN k.status = 'completed' THEN 'resolved' ELSE 'open' END::dispute_status AS status,
    'It is not what ' || k.number || ' says' AS description,
    CASE WHEN k.status = 'completed' THEN 'Both sides agreed on a discount' END AS resolution,
    CASE WHEN k.status = 'completed' THEN round(k.amount * 0.1, 2) ELSE 0 END AS refund,
    CASE WHEN k.status = 'completed' THEN (k.starts_on + 50)::timestamp AT TIME ZONE 'UTC' END AS resolved_at,
    (k.starts_on + 30)::timestamp AT TIME ZONE 'UTC' AS created_at,
    (k.starts_on + 50)::timestamp AT TIME ZONE 'UTC' AS updated_at
FROM contracts AS k
JOIN organizations AS o ON o.id = k.organization_id
WHERE right(k.number, 5)::int % 9 = 0
