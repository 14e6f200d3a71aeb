-- The approved deliverables of a creator, in order, are what the creator has published, in order; content is used once.
WITH delivered AS (
    SELECT *, row_number() OVER (PARTITION BY creator_id ORDER BY approved_at, id) AS place
    FROM deliverables
    WHERE status = 'approved'
),
published AS (
    SELECT *, row_number() OVER (PARTITION BY creator_id ORDER BY created_at, id) AS place
    FROM contents
    WHERE status = 'published'
)
SELECT
    d.campaign_id,
    c.id AS content_id,
    d.id AS deliverable_id,
    d.approved_by_id AS added_by_id,
    'https://' || c.platform || '.example.test/p/' || left(c.id::text, 8) AS published_url,
    d.approved_at AS added_at
FROM delivered AS d
JOIN published AS c USING (creator_id, place)
