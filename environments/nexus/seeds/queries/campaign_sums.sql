-- What was paid out for each campaign's contracts.
SELECT k.campaign_id AS id, sum(p.gross) AS spent
FROM payouts AS p
JOIN contracts AS k ON k.id = p.contract_id
WHERE p.status = 'paid' AND k.campaign_id IS NOT NULL
GROUP BY k.campaign_id
