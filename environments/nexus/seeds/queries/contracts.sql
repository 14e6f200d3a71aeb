-- What was agreed with those whose bids were accepted: for the amount of the bid, as long as the campaign lasts. Where
-- it runs, one of ten waits for the creator to sign, and one is still being written.
WITH agreed AS (
    SELECT
        b.id,
        b.creator_id,
        b.amount,
        b.delivery_days,
        b.decided_at,
        o.organization_id,
        c.id AS campaign_id,
        c.name AS campaign_name,
        c.status AS campaign_status,
        c.starts_on,
        c.ends_on,
        row_number() OVER (ORDER BY b.created_at, b.id) AS place
    FROM bids AS b
    JOIN opportunities AS o ON o.id = b.opportunity_id
    JOIN campaigns AS c ON c.id = o.campaign_id
    WHERE b.status = 'accepted'
),
states AS (
    SELECT
        *,
        CASE
            WHEN campaign_status = 'completed' THEN 'completed'
            WHEN campaign_status = 'cancelled' THEN 'terminated'
            WHEN place % 10 = 0 THEN 'draft'
            WHEN place % 10 = 5 THEN 'sent'
            ELSE 'active'
        END::contract_status AS status
    FROM agreed
)
SELECT
    md5('contract/' || id)::uuid AS id,
    'C-2025-' || lpad(place::text, 5, '0') AS number,
    organization_id,
    creator_id,
    campaign_id,
    id AS bid_id,
    'Content for ' || campaign_name AS title,
    jsonb_build_object('revisions', 2, 'payment_days', 14, 'delivery_days', delivery_days) AS terms,
    amount,
    status,
    starts_on,
    ends_on,
    CASE WHEN status <> 'draft' THEN decided_at + interval '1 day' END AS signed_by_organization_at,
    CASE WHEN status NOT IN ('draft', 'sent') THEN decided_at + interval '2 days' END AS signed_by_creator_at,
    CASE WHEN status = 'terminated' THEN 'The campaign was cancelled' END AS terminated_because,
    decided_at AS created_at,
    decided_at + interval '2 days' AS updated_at
FROM states
