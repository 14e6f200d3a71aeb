-- Large payments are looked into (AML), as are people whose papers are missing (KYC), incidents that touched personal
-- data (GDPR) and postings that were taken back (SOX).
WITH found AS (
    SELECT
        t.id AS about, a.user_id, t.id AS transaction_id, NULL::uuid AS security_event_id,
        'AML' AS regulation, 'LARGE-PAYMENT' AS rule_code, 'medium' AS severity,
        'A payment of more than 1,600' AS description,
        jsonb_build_object('amount', -t.amount, 'limit', 1600) AS evidence, t.posted_at AS detected_at
    FROM transactions AS t
    JOIN financial_accounts AS a ON a.id = t.account_id
    WHERE t.status = 'posted'
      AND t.transaction_type = 'payment'
      AND t.amount < -1600
      AND t.occurred_at >= '2025-09-01 00:00:00Z'
    UNION ALL
    SELECT
        u.id, u.id, NULL, NULL, 'KYC', 'PAPERS-MISSING', 'low', 'There is no copy of a document of identity',
        jsonb_build_object('status', u.status), timestamptz '2025-09-10 06:00:00Z'
    FROM users AS u
    WHERE u.username LIKE 'former-%'
    UNION ALL
    SELECT
        e.id, e.user_id, NULL, e.id, 'GDPR', 'ART-33', e.severity, 'Somebody else may have seen personal data',
        e.details, e.occurred_at + interval '2 hours'
    FROM security_events AS e
    WHERE e.event_type = 'suspicious_activity' AND e.severity IN ('high', 'critical')
    UNION ALL
    SELECT
        t.id, a.user_id, t.id, NULL, 'SOX', 'REVERSAL-REVIEW', 'low', 'A posting was taken back: was it right?',
        jsonb_build_object('reference', t.reference), t.posted_at
    FROM transactions AS t
    JOIN financial_accounts AS a ON a.id = t.account_id
    WHERE t.transaction_type = 'reversal'
),
judged AS (
    SELECT
        *,
        CASE
            WHEN detected_at > '2025-09-28 00:00:00Z' THEN 'open'
            ELSE (ARRAY['open', 'under_review', 'remediated', 'remediated', 'waived'])
                [('x' || substr(md5('violation/' || about), 1, 4))::bit(16)::int % 5 + 1]
        END AS status
    FROM found
)
SELECT
    md5(concat_ws('/', 'violation', rule_code, about))::uuid AS id,
    user_id,
    transaction_id,
    security_event_id,
    regulation,
    rule_code,
    severity,
    status,
    description,
    evidence,
    detected_at,
    detected_at + interval '30 days' AS due_at,
    CASE WHEN is_over THEN (SELECT id FROM users WHERE username = 'auditor') END AS resolved_by,
    CASE WHEN is_over THEN detected_at + interval '2 days' END AS resolved_at,
    CASE status
        WHEN 'remediated' THEN 'Looked into and put right'
        WHEN 'waived' THEN 'Known, and explained in writing'
    END AS resolution,
    detected_at AS created_at,
    CASE
        WHEN is_over THEN detected_at + interval '2 days'
        WHEN status = 'under_review' THEN detected_at + interval '1 day'
        ELSE detected_at
    END AS updated_at
FROM judged
CROSS JOIN LATERAL (SELECT status IN ('remediated', 'waived') AS is_over) AS o
