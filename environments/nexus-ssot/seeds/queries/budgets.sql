-- What each of them meant to spend in August and September, and some of them on journeys in the whole year.
SELECT
    md5(concat_ws('/', 'budget', s.id, p.name))::uuid AS id,
    s.id AS user_id,
    p.name,
    p.category,
    p.period,
    p.starts_on,
    p.ends_on,
    p.amount::numeric(15,2) AS amount,
    CASE WHEN p.category = 'groceries' THEN '{50,80,100}' ELSE '{80,100}' END::numeric(5,2)[] AS alert_thresholds,
    CASE WHEN p.ends_on < '2025-10-01' AND p.starts_on < '2025-09-01' THEN 'ended' ELSE p.status END AS status,
    p.starts_on::timestamp AT TIME ZONE 'UTC' - interval '20 days' AS created_at,
    p.starts_on::timestamp AT TIME ZONE 'UTC' - interval '20 days' AS updated_at
FROM savers AS s
CROSS JOIN LATERAL (
    VALUES
        ('Groceries in August', 'groceries', 'monthly', date '2025-08-01', date '2025-08-31', s.salary / 100 * (7 + s.a % 5), 'active', true),
        ('Groceries in September', 'groceries', 'monthly', date '2025-09-01', date '2025-09-30', s.salary / 100 * (7 + s.b % 5), 'active', true),
        ('Going out in September', 'entertainment', 'monthly', date '2025-09-01', date '2025-09-30', 50 + s.c % 50, 'active', s.a % 3 > 0),
        ('Bus and train', 'transport', 'quarterly', date '2025-07-01', date '2025-09-30', 240 + s.d % 120, 'active', s.b % 3 > 0),
        ('Journeys', 'travel', 'yearly', date '2025-01-01', date '2025-12-31', 300 + s.c % 5 * 50, 'active', s.c % 3 = 0),
        ('Things', 'shopping', 'weekly', date '2025-09-22', date '2025-09-28', 60, 'paused', s.d % 6 = 0)
) AS p (name, category, period, starts_on, ends_on, amount, status, is_there)
WHERE p.is_there
