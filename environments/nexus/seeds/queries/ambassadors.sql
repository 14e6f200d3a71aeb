-- Six creators in each programme; one has left, and the last one has only been invited.
WITH candidates AS (
    SELECT
        p.id AS program_id,
        p.starts_on,
        c.id AS creator_id,
        row_number() OVER (PARTITION BY p.id ORDER BY md5(c.id::text || p.id)) AS place
    FROM ambassador_programs AS p
    CROSS JOIN creators AS c
)
SELECT
    md5(concat_ws('/', 'ambassador', program_id, creator_id))::uuid AS id,
    program_id,
    creator_id,
    upper(substr(md5(program_id::text || creator_id), 1, 8)) AS code,
    (ARRAY['active', 'active', 'active', 'paused', 'ended', 'invited'])[place]::ambassador_status AS status,
    CASE WHEN place = 1 THEN 0.2 END AS commission_rate,
    CASE WHEN place < 6 THEN (starts_on + 10)::timestamp AT TIME ZONE 'UTC' END AS joined_at,
    CASE WHEN place = 5 THEN (starts_on + 90)::timestamp AT TIME ZONE 'UTC' END AS ended_at,
    starts_on::timestamp AT TIME ZONE 'UTC' AS created_at,
    starts_on::timestamp AT TIME ZONE 'UTC' AS updated_at
FROM candidates
WHERE place <= 6
