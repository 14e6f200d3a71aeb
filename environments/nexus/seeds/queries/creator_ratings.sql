-- The average of each creator's reviews.
SELECT creator_id AS id, round(avg(rating), 2) AS rating_average, count(*)::int AS rating_count
FROM creator_reviews
GROUP BY creator_id
