-- Every ninth contract that was signed is disputed; those about completed ones are resolved, few are withdrawn.
SELECT
    md5('dispute/' || k.id)::uuid AS id,
    k.id AS contract_id,
    o.owner_id AS opened_by_id,
    CASE WHEN s.status = 'resolved' THEN (
        SELECT id FROM users WHERE role = 'admin' ORDER BY created_at, id LIMIT 1
    ) END AS resolved_by_id,
    (ARRAY['late', 'quality', 'payment', 'rights'])[
        1 + ('x' || substr(md5(k.id::text), 1, 4))::bit(16)::int % 4
    ]::dispute_reason AS reason,
    s.status,
    'It is not what ' || k.number || ' says' AS description,
    CASE WHEN s.status = 'resolved' THEN 'Both sides agreed on a discount' END AS resolution,
    CASE WHEN s.status = 'resolved' THEN round(k.amount * 0.1, 2) ELSE 0 END AS refund,
    CASE WHEN s.status = 'resolved' THEN (k.starts_on + 50)::timestamp AT TIME ZONE 'UTC' END AS resolved_at,
    (k.starts_on + 25)::timestamp AT TIME ZONE 'UTC' AS created_at,
    (k.starts_on + CASE WHEN s.status = 'resolved' THEN 50 ELSE 25 END)::timestamp AT TIME ZONE 'UTC' AS updated_at
FROM contracts AS k
JOIN organizations AS o ON o.id = k.organization_id
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN right(k.number, 1) = '9' THEN 'withdrawn'
        WHEN k.status IN ('completed', 'terminated') THEN 'resolved'
        WHEN right(k.number, 1)::int % 2 = 0 THEN 'open'
        ELSE 'in_review'
    END::dispute_status AS status
) AS s
WHERE right(k.number, 5)::int % 9 = 0 AND k.status NOT IN ('draft', 'sent')
