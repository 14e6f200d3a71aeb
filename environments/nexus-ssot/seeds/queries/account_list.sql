-- Everybody has a current account; most have savings and a card, some a loan, investments or an account they closed.
SELECT
    md5(concat_ws('/', 'account', s.id, k.account_type, k.name))::uuid AS id,
    s.id AS user_id,
    k.account_type,
    k.name,
    k.institution,
    lpad((('x' || substr(md5(k.name || s.id), 1, 4))::bit(16)::int % 10000)::text, 4, '0') AS number_last4,
    k.opening_balance::numeric(15,2) AS opening_balance,
    k.credit_limit::numeric(15,2) AS credit_limit,
    k.status,
    k.is_primary,
    timestamptz '2025-06-05 09:00:00Z' + s.b % 20 * interval '1 day' AS opened_at
FROM savers AS s
CROSS JOIN LATERAL (
    VALUES
        ('checking', 'Current account', 'Harbor Bank', 1500 + s.b % 2500, 200, 'active', true, true),
        ('savings', 'Savings', 'Harbor Bank', 2000 + s.c % 9000, 0, 'active', false, s.a % 10 < 7 OR s.number = 0),
        ('credit_card', 'Credit card', 'Meridian Card', 0, 3000, 'active', false, s.b % 10 < 6 OR s.number = 0),
        ('loan', 'Car loan', 'Harbor Bank', -(6000 + s.d % 4000), 10000, 'active', false, s.c % 10 < 3),
        ('investment', 'Funds', 'Northwind Invest', 5000 + s.d % 20000, 0, 'active', false, s.d % 10 IN (1, 5)),
        ('investment', 'Funds', 'Union Invest', 7000 + s.d % 20000, 0, 'frozen', false, s.d % 10 = 9),
        ('savings', 'Old savings', 'Union Savings', 250, 0, 'closed', false, s.c % 10 > 7)
) AS k (account_type, name, institution, opening_balance, credit_limit, status, is_primary, is_there)
WHERE k.is_there
