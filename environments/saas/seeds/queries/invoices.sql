-- An invoice for each month that a subscription has had, at the price of its plan by the month. Those of the months before are paid;
-- the one of September is what the subscription's status says.
WITH months AS (
    SELECT
        s.id AS subscription_id,
        s.status AS subscription_status,
        p.monthly_cents,
        p.currency,
        month,
        month >= s.current_period_start AT TIME ZONE 'UTC' AS is_last
    FROM subscriptions AS s
    JOIN plans AS p ON p.code = s.plan_code
    CROSS JOIN LATERAL generate_series(
        date_trunc('month', s.created_at AT TIME ZONE 'UTC') + interval '1 month',
        s.current_period_start AT TIME ZONE 'UTC',
        '1 month'
    ) AS month
    WHERE s.status NOT IN ('trialing', 'incomplete', 'incomplete_expired')
),
invoices AS (
    SELECT
        *,
        CASE
            WHEN is_last AND subscription_status = 'past_due' THEN 'open'
            WHEN is_last AND subscription_status = 'unpaid' THEN 'uncollectible'
            WHEN is_last AND subscription_status = 'paused' THEN 'void'
            ELSE 'paid'
        END AS status,
        row_number() OVER (ORDER BY month, subscription_id) AS number
    FROM months
)
SELECT
    md5(concat_ws('/', 'invoice', subscription_id, month))::uuid AS id,
    subscription_id,
    to_char(month, 'YYYY') || '-' || lpad(number::text, 6, '0') AS number,
    'in_' || substr(md5(concat_ws('/', 'invoice', subscription_id, month)), 1, 16) AS stripe_invoice_id,
    status::invoice_status AS status,
    monthly_cents AS amount_due_cents,
    CASE WHEN status = 'paid' THEN monthly_cents ELSE 0 END AS amount_paid_cents,
    currency,
    month AT TIME ZONE 'UTC' AS period_start,
    (month + interval '1 month') AT TIME ZONE 'UTC' AS period_end,
    (month + interval '7 days') AT TIME ZONE 'UTC' AS due_at,
    CASE WHEN status = 'paid' THEN (month + interval '90 minutes') AT TIME ZONE 'UTC' END AS paid_at,
    month AT TIME ZONE 'UTC' AS created_at,
    (month + interval '90 minutes') AT TIME ZONE 'UTC' AS updated_at
FROM invoices
