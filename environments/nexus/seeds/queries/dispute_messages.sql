-- Both sides of each dispute.
SELECT
    md5(concat_ws('/', 'message', d.id, n))::uuid AS id,
    d.id AS dispute_id,
    CASE n WHEN 1 THEN d.opened_by_id ELSE c.user_id END AS author_id,
    CASE n WHEN 1 THEN d.description ELSE 'I have done what we agreed on' END AS body,
    d.created_at + n * interval '1 day' AS created_at
FROM disputes AS d
JOIN contracts AS k ON k.id = d.contract_id
JOIN creators AS c ON c.id = k.creator_id
CROSS JOIN generate_series(1, 2) AS n
