-- Sixty of the users, and the one to log in as. What looks like chance is taken from the digest of a name, so that it
-- is the same every time: a, b, c and d are numbers from 0 to 65,535.
WITH people AS (
    SELECT id, created_at, row_number() OVER (ORDER BY id) AS number
    FROM users
    UNION ALL
    SELECT id, created_at, 0
    FROM test_accounts
    WHERE username = 'test.user'
)
SELECT
    p.id,
    p.created_at,
    p.number,
    2800 + n.a % 60 * 60 AS salary,
    n.a, n.b, n.c, n.d
FROM people AS p
CROSS JOIN LATERAL (SELECT md5('saver/' || p.id) AS digest) AS m
CROSS JOIN LATERAL (
    SELECT
        ('x' || substr(m.digest, 1, 4))::bit(16)::int AS a,
        ('x' || substr(m.digest, 5, 4))::bit(16)::int AS b,
        ('x' || substr(m.digest, 9, 4))::bit(16)::int AS c,
        ('x' || substr(m.digest, 13, 4))::bit(16)::int AS d
) AS n
WHERE p.number <= 60
