-- What each user has chosen: the language that MongoDB has, what to be told of, and every second one a zodiac.
WITH numbered AS (
    SELECT
        _id::uuid AS id,
        preferences::jsonb -> 'language' AS language,
        row_number() OVER (ORDER BY _id) AS number
    FROM users
)
SELECT
    n.id AS user_id,
    p.key AS preference_key,
    p.value AS preference_value,
    timestamp '2025-02-01 12:00:00' + n.number * interval '1 hour' AS created_at
FROM numbered AS n
CROSS JOIN LATERAL (
    VALUES
        ('language', n.language),
        ('notifications', jsonb_build_object('email', n.number % 2 = 0, 'push', n.number % 3 = 0)),
        ('zodiac', to_jsonb((ARRAY['sidereal', 'tropical'])[1 + n.number % 4 / 2]))
) AS p (key, value)
WHERE p.key <> 'zodiac' OR n.number % 2 = 0
