-- Everybody's identity, and the papers for taxes of every second one; few are refused, waiting or too old.
WITH cases AS (
    SELECT c.id AS creator_id, k.kind, row_number() OVER (ORDER BY k.kind, c.id) % 20 AS chance
    FROM creators AS c
    CROSS JOIN (VALUES ('identity'), ('tax')) AS k (kind)
),
decided AS (
    SELECT
        *,
        CASE
            WHEN chance = 0 THEN 'rejected'
            WHEN chance < 3 THEN 'pending'
            WHEN chance = 4 THEN 'expired'
            ELSE 'approved'
        END::verification_status AS status
    FROM cases
    WHERE kind = 'identity' OR chance % 2 = 0
)
SELECT
    md5(concat_ws('/', 'verification', creator_id, kind))::uuid AS id,
    creator_id,
    kind::verification_kind AS kind,
    status,
    'doc-' || substr(md5(creator_id || kind), 1, 10) AS document_reference,
    CASE WHEN status <> 'pending' THEN (
        SELECT id FROM users WHERE role = 'admin' ORDER BY created_at, id LIMIT 1
    ) END AS checked_by_id,
    CASE WHEN status <> 'pending' THEN timestamptz '2025-08-01 09:00:00Z' END AS checked_at,
    CASE WHEN status = 'rejected' THEN 'The picture is not readable' END AS rejected_because,
    CASE status
        WHEN 'approved' THEN timestamptz '2027-08-01 00:00:00Z'
        WHEN 'expired' THEN timestamptz '2025-09-01 00:00:00Z'
    END AS expires_at,
    timestamptz '2025-07-30 09:00:00Z' AS created_at,
    timestamptz '2025-08-01 09:00:00Z' AS updated_at
FROM decided
