-- What each of them meant to spend in August and September, and some of them on journeys in the whole year.
SELECT
    md5(concat_ws('/', 'budget', s.id, p.name))::uuid AS id,
    s.id AS user_id,
    p.name,
    p.category,
    p.period,
    p.starts_on::date AS starts_on,
    p.ends_on::date AS ends_on,
    p.amount::numeric(15,2) AS amount,
    CASE WHEN p.category = 'groceries' THEN '{50,80,100}' ELSE '{80,100}' END::numeric(5,2)[] AS alert_thresholds,
    p.status,
    c.created_at,
    CASE p.status
        WHEN 'ended' THEN (p.ends_on::timestamp + interval '1 day') AT TIME ZONE 'UTC'
        WHEN 'paused' THEN (p.starts_on::timestamp + interval '9 hours') AT TIME ZONE 'UTC'
        ELSE c.created_at
    END AS updated_at
FROM savers AS s
CROSS JOIN LATERAL (
    VALUES
        ('Food, August', 'groceries', 'monthly', '2025-08-01', '2025-08-31', s.salary * 9 / 100, 'ended', true),
        ('Food', 'groceries', 'monthly', '2025-09-01', '2025-09-30', s.salary / 100 * (7 + s.b % 5), 'active', true),
        ('Evenings', 'entertainment', 'monthly', '2025-09-01', '2025-09-30', 50 + s.c % 50, 'active', s.a % 3 > 0),
        ('Bus and train', 'transport', 'quarterly', '2025-07-01', '2025-09-30', 240 + s.d % 120, 'active', s.b % 3 > 0),
        ('Journeys', 'travel', 'yearly', '2025-01-01', '2025-12-31', 300 + s.c % 5 * 50, 'active', s.c % 3 = 0),
        ('Things', 'shopping', 'weekly', '2025-09-22', '2025-09-28', 60, 'paused', s.d % 6 = 0)
) AS p (name, category, period, starts_on, ends_on, amount, status, is_there)
CROSS JOIN LATERAL (
    SELECT greatest((p.starts_on::timestamp - interval '20 days') AT TIME ZONE 'UTC', s.created_at) AS created_at
) AS c
WHERE p.is_there
