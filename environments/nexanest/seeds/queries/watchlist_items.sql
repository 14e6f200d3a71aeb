-- Three to eight instruments on each list.
SELECT
    md5(concat_ws('/', 'item', id, symbol))::uuid AS id,
    id AS watchlist_id,
    symbol,
    CASE WHEN number % 5 = 0 THEN 'wait for the next report' END AS note,
    number AS position,
    created_at,
    created_at AS updated_at
FROM (
    SELECT
        w.id, w.created_at, i.symbol,
        row_number() OVER (PARTITION BY w.id ORDER BY md5(w.id || i.symbol)) AS number
    FROM watchlists AS w
    CROSS JOIN instrument_list AS i
) AS n
WHERE number <= 3 + ('x' || substr(md5(id::text), 1, 2))::bit(8)::int % 6
