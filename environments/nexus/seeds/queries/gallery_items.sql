-- The newest published content that was made for the organization, eight at the most.
WITH published AS (
    SELECT
        g.id AS gallery_id,
        c.id AS content_id,
        row_number() OVER (PARTITION BY g.id ORDER BY c.published_at DESC, c.id) AS position,
        c.published_at
    FROM shoppable_galleries AS g
    JOIN contents AS c ON c.organization_id = g.organization_id AND c.status = 'published'
)
SELECT gallery_id, content_id, position::int, published_at AS created_at
FROM published
WHERE position <= 8
