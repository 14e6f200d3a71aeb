-- The balance is what was there and what was posted since.
SELECT
    a.id,
    a.user_id,
    a.name,
    a.account_type,
    a.institution,
    a.number_last4,
    'USD' AS currency,
    a.opening_balance,
    a.opening_balance + coalesce(sum(l.amount), 0) AS balance,
    a.credit_limit,
    a.status,
    a.is_primary,
    jsonb_build_object('statements', CASE WHEN a.is_primary THEN 'paper' ELSE 'mail' END) AS metadata,
    a.opened_at,
    CASE WHEN a.status = 'closed' THEN max(l.posted_at) END AS closed_at,
    a.opened_at AS created_at,
    coalesce(max(l.posted_at), a.opened_at) AS updated_at
FROM account_list AS a
LEFT JOIN ledger AS l ON l.account_id = a.id AND l.status = 'posted'
GROUP BY
    a.id, a.user_id, a.name, a.account_type, a.institution, a.number_last4, a.opening_balance, a.credit_limit, a.status,
    a.is_primary, a.opened_at
