-- Two for each contract: all approved where it is completed; where it runs, the first one is, and the second one is on
-- its way; where nobody has signed yet, both are planned.
SELECT
    md5(concat_ws('/', 'deliverable', k.id, n))::uuid AS id,
    k.campaign_id,
    k.id AS contract_id,
    k.creator_id,
    CASE WHEN s.status = 'approved' THEN c.created_by_id END AS approved_by_id,
    CASE n WHEN 1 THEN 'reel' ELSE 'video' END::deliverable_kind AS kind,
    r.primary_platform AS platform,
    CASE n WHEN 1 THEN 'A short one' ELSE 'A long one' END || ' for ' || c.name AS title,
    'As the brief says' AS instructions,
    s.status,
    k.starts_on + 20 * n AS due_on,
    CASE
        WHEN s.status = 'approved' THEN (k.starts_on + 20 * n - 3)::timestamp AT TIME ZONE 'UTC'
        WHEN s.status IN ('submitted', 'changes_requested') THEN (k.starts_on + 28)::timestamp AT TIME ZONE 'UTC'
    END AS submitted_at,
    CASE WHEN s.status = 'approved' THEN (k.starts_on + 20 * n - 1)::timestamp AT TIME ZONE 'UTC' END AS approved_at,
    k.created_at,
    k.created_at AS updated_at
FROM contracts AS k
JOIN campaigns AS c ON c.id = k.campaign_id
JOIN creators AS r ON r.id = k.creator_id
CROSS JOIN generate_series(1, 2) AS n
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN k.status = 'completed' OR (k.status = 'active' AND n = 1) THEN 'approved'
        WHEN k.status = 'terminated' THEN 'rejected'
        WHEN k.status <> 'active' THEN 'planned'
        ELSE (ARRAY['planned', 'in_progress', 'submitted', 'changes_requested'])[1 + right(k.number, 5)::int % 4]
    END::deliverable_status AS status
) AS s
