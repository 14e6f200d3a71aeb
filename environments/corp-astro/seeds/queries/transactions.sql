-- Every third user pays: month by month, or once for a year. The price is that of the plan. September's bank transfers
-- haven't come yet.
WITH payers AS (
    SELECT
        _id::uuid AS id,
        row_number() OVER (ORDER BY _id) AS number
    FROM users
),
chosen AS (
    SELECT
        p.id,
        p.number,
        (ARRAY['basic_monthly', 'premium_monthly', 'premium_yearly', 'corporate_monthly'])[1 + p.number / 3 % 4] AS plan_id
    FROM payers AS p
    WHERE p.number % 3 = 0
)
SELECT
    c.id AS user_id,
    s.id AS plan_id,
    s.price AS amount,
    s.currency,
    CASE
        WHEN m.month = 5 AND c.number % 5 = 3 THEN 'pending'
        WHEN (c.number + m.month) % 17 = 0 THEN 'failed'
        WHEN (c.number + m.month) % 29 = 0 THEN 'refunded'
        ELSE 'completed'
    END AS status,
    (ARRAY['card', 'card', 'paypal', 'bank_transfer', 'app_store'])[1 + c.number % 5] AS payment_method,
    'txn_' || left(md5(c.id || '/' || m.month), 24) AS transaction_id,
    timestamptz '2025-04-01 06:00:00Z' + m.month * interval '1 month' + c.number % 20 * interval '1 day' AS created_at
FROM chosen AS c
JOIN subscription_plans AS s ON s.id = c.plan_id
CROSS JOIN LATERAL generate_series(0, CASE s.interval WHEN 'year' THEN 0 ELSE 5 END) AS m (month)
