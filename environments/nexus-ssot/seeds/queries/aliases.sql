-- In the API an attribute is `financialAccounts.openedAt`, on screens and in reports `Financial accounts: opened at`.
WITH names AS (
    SELECT
        id AS anchor_id,
        name,
        anchor_type,
        lower(left(initcap(replace(split_part(name, '.', 1), '_', ' ')), 1))
            || replace(substr(initcap(replace(split_part(name, '.', 1), '_', ' ')), 2), ' ', '') AS camel_entity,
        lower(left(initcap(replace(split_part(name, '.', 2), '_', ' ')), 1))
            || replace(substr(initcap(replace(split_part(name, '.', 2), '_', ' ')), 2), ' ', '') AS camel_attribute,
        upper(left(name, 1)) || replace(replace(substr(name, 2), '.', ': '), '_', ' ') AS label
    FROM ssot_anchors
),
aliases AS (
    SELECT
        anchor_id,
        'api' AS context,
        CASE WHEN anchor_type = 'attribute' THEN camel_entity || '.' || camel_attribute ELSE camel_entity END AS alias
    FROM names
    UNION ALL
    SELECT anchor_id, 'ui', label
    FROM names
    WHERE anchor_type <> 'attribute' OR name ~ '\.(name|status|email|balance|amount)$'
    UNION ALL
    SELECT anchor_id, 'report', label
    FROM names
    WHERE anchor_type <> 'attribute' OR name ~ '(amount|balance|value|score)$'
)
SELECT
    md5(concat_ws('/', 'alias', context, alias))::uuid AS id,
    alias,
    context,
    anchor_id,
    (SELECT id FROM users WHERE username = 'admin') AS created_by,
    timestamptz '2023-10-13 00:00:00Z' AS created_at,
    timestamptz '2023-10-13 00:00:00Z' AS updated_at
FROM aliases
