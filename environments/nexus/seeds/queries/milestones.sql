-- Half of a contract's amount for each of its deliverables.
SELECT
    md5(concat_ws('/', 'milestone', k.id, n))::uuid AS id,
    k.campaign_id,
    k.id AS contract_id,
    CASE n WHEN 1 THEN 'First half' ELSE 'Second half' END AS title,
    n AS position,
    CASE n WHEN 1 THEN round(k.amount / 2, 2) ELSE k.amount - round(k.amount / 2, 2) END AS amount,
    s.status,
    k.starts_on + 20 * n AS due_on,
    CASE WHEN s.status IN ('reached', 'paid') THEN
        (k.starts_on + 20 * n - 1)::timestamp AT TIME ZONE 'UTC'
    END AS reached_at,
    k.created_at,
    k.created_at AS updated_at
FROM contracts AS k
CROSS JOIN generate_series(1, 2) AS n
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN k.status = 'completed' THEN 'paid'
        WHEN k.status = 'terminated' THEN 'missed'
        WHEN k.status = 'active' AND n = 1 THEN 'reached'
        ELSE 'pending'
    END::milestone_status AS status
) AS s
