-- What payouts bring, and a bonus of a hundred for every tenth contract that is completed, not paid out yet.
SELECT
    md5('earning/' || id)::uuid AS id,
    creator_id,
    contract_id,
    id AS payout_id,
    'contract'::earning_kind AS kind,
    gross,
    fee,
    requested_at AS earned_at,
    requested_at AS created_at
FROM payouts
UNION ALL
SELECT
    md5('bonus/' || id)::uuid,
    creator_id,
    id,
    NULL,
    'bonus',
    100.00,
    0.00,
    ends_on::timestamp AT TIME ZONE 'UTC',
    ends_on::timestamp AT TIME ZONE 'UTC'
FROM contracts
WHERE status = 'completed' AND right(number, 1) = '0'
