-- What older programs and partners say: deprecated, with the name that took its place, or meant at one
-- endpoint only: there it comes before what the name means in its context.
SELECT
    md5(concat_ws('/', 'alias', v.context, v.alias, v.endpoint))::uuid AS id,
    v.alias,
    v.context,
    a.id AS anchor_id,
    e.id AS endpoint_id,
    v.status,
    CASE WHEN v.status = 'deprecated' THEN n.id END AS replaced_by,
    v.description,
    (SELECT id FROM users WHERE username = 'admin') AS created_by,
    timestamptz '2024-03-01 00:00:00Z' AS created_at,
    timestamptz '2024-03-01 00:00:00Z' AS updated_at
FROM (
    VALUES
        ('usr_mail', 'legacy', 'users.email', NULL, 'deprecated', 'The address in the first version of the database'),
        ('usr_login', 'legacy', 'users.username', NULL, 'deprecated', 'The name in the first version of the database'),
        ('acct_bal', 'legacy', 'financial_accounts.balance', NULL, 'deprecated', 'Was in cents'),
        ('acct_typ', 'legacy', 'financial_accounts.account_type', NULL, 'deprecated', 'Was a number'),
        ('txn_amt', 'legacy', 'transactions.amount', NULL, 'deprecated', 'Was in cents, and never negative'),
        ('txn_dt', 'legacy', 'transactions.occurred_at', NULL, 'deprecated', 'Had no time zone'),
        ('bdgt_lmt', 'legacy', 'budgets.amount', NULL, 'deprecated', 'The limit of a budget'),
        ('customerEmail', 'partner', 'users.email', NULL, 'active', 'What the payment partner calls it'),
        ('ledgerBalance', 'partner', 'financial_accounts.balance', NULL, 'active', 'What the payment partner calls it'),
        ('valueDate', 'partner', 'transactions.posted_at', NULL, 'active', 'What the payment partner calls it'),
        ('payments.sum', 'api', 'transactions.amount', 'list_payments', 'active', 'Only at this older endpoint'),
        ('payments.date', 'api', 'transactions.occurred_at', 'list_payments', 'active', 'Only at this older endpoint'),
        ('transactions.amount', 'api', 'monthly_spending', 'export_report', 'active', 'Here it is a sum')
) AS v (alias, context, anchor, endpoint, status, description)
JOIN ssot_anchors AS a ON a.name = v.anchor
LEFT JOIN api_endpoints AS e ON e.name = v.endpoint
LEFT JOIN alias_definitions AS n ON n.anchor_id = a.id AND n.context = 'api' AND n.endpoint_id IS NULL
