-- A month of the plan.
SELECT
    i.id AS invoice_id,
    1 AS position,
    p.name || ', one month' AS description,
    1 AS quantity,
    p.monthly_price AS unit_price
FROM invoices AS i
JOIN subscriptions AS s ON s.id = i.subscription_id
JOIN plans AS p ON p.id = s.plan_id
