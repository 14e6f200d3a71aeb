-- Every posting on every account. `entry` names it within its account and month; `origin` is the posting on another
-- account that a transfer comes from, or the one that a reversal undoes.
WITH months AS (
    SELECT month::date AS month FROM generate_series(timestamp '2025-07-01', '2025-09-01', '1 month') AS month
),
accounts AS (
    SELECT a.*, s.salary, s.a, s.b, s.c, s.d FROM account_list AS a JOIN savers AS s ON s.id = a.user_id
),
current_accounts AS (
    SELECT * FROM accounts WHERE account_type = 'checking'
),
-- Purchases that come again: how often in a month, what they cost at least, and at most.
plan AS (
    SELECT *
    FROM (
        VALUES
            ('checking', 'groceries', 'groceries', 'Weekly shopping', 'Green Basket', 4, 4, 7, 0.018, 0.010, 0, 0),
            ('checking', 'bus', 'transport', 'Bus and train', 'City Transit', 7, 2, 14, 0, 0, 15, 60),
            ('checking', 'cinema', 'entertainment', 'An evening out', 'Orpheum', 15, 1, 1, 0, 0, 20, 80),
            ('checking', 'power', 'utilities', 'Electricity and water', 'City Utilities', 5, 1, 1, 0.045, 0, 0, 30),
            ('checking', 'rent', 'housing', 'Rent', 'Old Mill Homes', 2, 1, 1, 0.30, 0, 0, 0),
            ('credit_card', 'shop', 'shopping', 'Clothes and things', 'Lantern Store', 9, 2, 9, 0, 0, 25, 90),
            ('credit_card', 'trip', 'travel', 'A weekend away', 'Blue Line', 23, 1, 1, 0, 0, 40, 110)
    ) AS p (account_type, entry, category, description, merchant, day, times, every, share, more_share, least, more)
),
purchases AS (
    SELECT
        a.id AS account_id, a.user_id, m.month,
        p.entry || '-' || k AS entry,
        'payment' AS type, p.category, p.description, p.merchant,
        -round(p.least + a.salary * (p.share + p.more_share * n.chance / 100) + p.more * n.chance / 100, 2) AS amount,
        m.month + (p.day - 1 + (k - 1) * p.every) * interval '1 day' + interval '8 hours'
            + n.chance * interval '5 minutes' AS at
    FROM accounts AS a
    JOIN plan AS p ON p.account_type = a.account_type
    CROSS JOIN months AS m
    CROSS JOIN LATERAL generate_series(1, p.times) AS k
    CROSS JOIN LATERAL (
        SELECT ('x' || substr(md5(concat_ws('/', a.id, m.month, p.entry, k)), 1, 4))::bit(16)::int % 100 AS chance
    ) AS n
),
-- Money from the current account to another one of the same person: what is left of the salary, instalments, and in the
-- next month what the card was used for.
transfers AS (
    SELECT
        c.id AS from_id, t.id AS to_id, m.month,
        CASE t.account_type
            WHEN 'savings' THEN round(c.salary * 0.10, 2)
            WHEN 'loan' THEN 250.00
            WHEN 'investment' THEN 100.00
            WHEN 'credit_card' THEN (
                SELECT -sum(p.amount)
                FROM purchases AS p
                WHERE p.account_id = t.id AND p.month = m.month - interval '1 month'
            )
        END AS amount,
        CASE t.account_type
            WHEN 'savings' THEN 'Put aside'
            WHEN 'loan' THEN 'Instalment'
            WHEN 'investment' THEN 'Into funds'
            WHEN 'credit_card' THEN 'Card bill'
        END AS description,
        m.month + CASE t.account_type WHEN 'savings' THEN 2 WHEN 'loan' THEN 5 WHEN 'investment' THEN 7 ELSE 19 END
            * interval '1 day' + interval '7 hours' AS at
    FROM current_accounts AS c
    JOIN accounts AS t ON t.user_id = c.user_id AND t.account_type <> 'checking' AND t.status = 'active'
    CROSS JOIN months AS m
),
-- All of it posted, and by itself.
usual AS (
    SELECT account_id, month, entry, type, category, description, merchant, amount, at FROM purchases
    UNION ALL
    SELECT id, month, 'salary', 'deposit', 'income', 'Salary', 'Fairwind Works', salary, month + interval '8 hours'
    FROM current_accounts
    CROSS JOIN months
    UNION ALL
    SELECT id, month, 'cash', 'withdrawal', 'other', 'Cash', NULL, -20 * (1 + d % 5), month + interval '11 days 9 hours'
    FROM current_accounts
    CROSS JOIN months
    UNION ALL
    SELECT
        id, month, 'doctor', 'payment', 'health', 'Dentist', 'Doctor Molar', -(40 + b % 150),
        month + interval '13 days 9 hours'
    FROM current_accounts
    CROSS JOIN months
    WHERE month = '2025-08-01' AND a % 3 = 0
    UNION ALL
    SELECT
        id, month, 'interest', 'interest', 'income', 'Interest', NULL, round(opening_balance * 0.002, 2),
        month + interval '1 month -2 hours'
    FROM accounts
    CROSS JOIN months
    WHERE account_type = 'savings' AND status = 'active' AND month < '2025-09-01'
    UNION ALL
    SELECT
        id, month, 'loan-interest', 'fee', 'fees', 'Interest of the loan', NULL, round(opening_balance * 0.004, 2),
        month + interval '6 days'
    FROM accounts
    CROSS JOIN months
    WHERE account_type = 'loan'
    UNION ALL
    SELECT id, month, 'fee', 'fee', 'fees', 'Fee for the account', NULL, -12, month + interval '27 days 6 hours'
    FROM current_accounts
    CROSS JOIN months
    WHERE month = '2025-09-01' AND b % 4 = 0
    UNION ALL
    SELECT
        id, month, 'refund', 'refund', 'shopping', 'Sent back', 'Lantern Store', 24.50,
        month + interval '20 days 15 hours'
    FROM accounts
    CROSS JOIN months
    WHERE account_type = 'credit_card' AND month = '2025-09-01' AND c % 5 = 0
    UNION ALL
    SELECT
        id, month, 'close', 'withdrawal', 'other', 'Account closed', NULL, -opening_balance, month + interval '14 days'
    FROM accounts
    CROSS JOIN months
    WHERE status = 'closed' AND month = '2025-07-01'
    UNION ALL
    SELECT from_id, month, 'to-' || to_id, 'transfer_out', 'transfer', description, NULL, -amount, at
    FROM transfers
    WHERE amount > 0
),
entries AS (
    SELECT *, 'posted' AS status, NULL::uuid AS origin_account, NULL AS origin FROM usual
    UNION ALL
    SELECT
        to_id, month, 'from-' || from_id, 'transfer_in', 'transfer', description, NULL, amount, at,
        'posted', from_id, 'to-' || to_id
    FROM transfers
    WHERE amount > 0
    UNION ALL
    SELECT
        id, month, 'fee-back', 'reversal', 'fees', 'Fee for the account: taken by mistake', NULL, 12,
        month + interval '28 days 9 hours', 'posted', id, 'fee'
    FROM current_accounts
    CROSS JOIN months
    WHERE month = '2025-09-01' AND b % 8 = 0
    UNION ALL
    SELECT
        id, month, 'waiting', 'payment', 'groceries', 'Weekly shopping', 'Green Basket', -(18 + c % 40),
        month + interval '29 days 18 hours', 'pending', NULL, NULL
    FROM current_accounts
    CROSS JOIN months
    WHERE month = '2025-09-01' AND a % 4 = 0
    UNION ALL
    SELECT
        id, month, 'refused', 'payment', 'travel', 'A journey round the world', 'Blue Line', -9999,
        month + interval '11 days 20 hours', CASE WHEN a % 2 = 0 THEN 'failed' ELSE 'cancelled' END, NULL, NULL
    FROM current_accounts
    CROSS JOIN months
    WHERE month = '2025-09-01' AND d % 7 = 0
)
SELECT
    md5(concat_ws('/', 'transaction', account_id, month, entry))::uuid AS id,
    account_id,
    type,
    category,
    description,
    merchant,
    amount::numeric(15,2) AS amount,
    status,
    md5(concat_ws('/', 'transaction', origin_account, month, origin))::uuid AS origin_id,
    at AT TIME ZONE 'UTC' AS occurred_at,
    CASE WHEN status = 'posted' THEN (at + interval '30 minutes') AT TIME ZONE 'UTC' END AS posted_at
FROM entries
