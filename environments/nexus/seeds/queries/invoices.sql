-- Six months of each subscription that costs something, and the next one as a draft. The last one of those that are
-- past due is open; the very first one was void.
WITH months AS (
    SELECT
        s.id AS subscription_id,
        s.organization_id,
        s.status,
        p.monthly_price,
        (date '2025-04-15' + m * interval '1 month')::date AS starts_on,
        m,
        row_number() OVER (ORDER BY m, s.id) AS place
    FROM subscriptions AS s
    JOIN plans AS p ON p.id = s.plan_id
    CROSS JOIN generate_series(0, 6) AS m
    WHERE s.status IN ('active', 'past_due') AND p.monthly_price > 0
)
SELECT
    md5(concat_ws('/', 'invoice', m.subscription_id, m.m))::uuid AS id,
    'I-2025-' || lpad(m.place::text, 6, '0') AS number,
    m.organization_id,
    m.subscription_id,
    k.id AS payment_method_id,
    i.status,
    m.monthly_price AS subtotal,
    round(m.monthly_price * 0.08, 2) AS tax,
    m.starts_on AS period_starts_on,
    (m.starts_on + interval '1 month')::date AS period_ends_on,
    CASE WHEN i.status <> 'draft' THEN m.starts_on END AS issued_on,
    CASE WHEN i.status <> 'draft' THEN m.starts_on + 14 END AS due_on,
    CASE WHEN i.status = 'paid' THEN (m.starts_on + 1)::timestamp AT TIME ZONE 'UTC' END AS paid_at,
    (m.starts_on - 15)::timestamp AT TIME ZONE 'UTC' AS created_at,
    (m.starts_on - 15)::timestamp AT TIME ZONE 'UTC' AS updated_at
FROM months AS m
LEFT JOIN payment_methods AS k ON k.organization_id = m.organization_id AND k.is_default
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN m.m = 6 THEN 'draft'
        WHEN m.place = 1 THEN 'void'
        WHEN m.status = 'past_due' AND m.m = 5 THEN 'open'
        ELSE 'paid'
    END::invoice_status AS status
) AS i
