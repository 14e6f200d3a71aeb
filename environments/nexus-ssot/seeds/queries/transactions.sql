-- The postings of the ledger, each with a number of its own and the way that it came.
SELECT
    id,
    account_id,
    type AS transaction_type,
    category,
    amount,
    description,
    merchant,
    'NX' || upper(substr(md5(id::text), 1, 14)) AS reference,
    status,
    CASE WHEN type = 'transfer_in' THEN origin_id END AS transfer_from_id,
    CASE WHEN type = 'reversal' THEN origin_id END AS reversal_of_id,
    jsonb_build_object(
        'channel', CASE WHEN type = 'payment' THEN 'card' WHEN type = 'withdrawal' THEN 'machine' ELSE 'bank' END
    ) AS metadata,
    occurred_at,
    posted_at,
    occurred_at AS created_at,
    coalesce(posted_at, occurred_at) AS updated_at
FROM ledger
