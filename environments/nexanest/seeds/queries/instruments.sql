-- The list with an identity for each symbol; the file leaves the place of trading empty where there is none.
SELECT
    md5('instrument/' || symbol)::uuid AS id,
    symbol,
    name,
    asset_class,
    exchange_mic,
    currency_code,
    isin,
    timestamptz '2024-10-01 00:00:00Z' AS created_at,
    timestamptz '2024-10-01 00:00:00Z' AS updated_at
FROM instrument_list
