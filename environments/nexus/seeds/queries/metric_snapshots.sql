-- Four weeks of each campaign that has begun: figures grow from week to week by the budget, and each is a share of the
-- one before. What they come to is also in `sizes` of campaigns.yaml, for Redis.
WITH weeks AS (
    SELECT
        c.id AS campaign_id,
        c.organization_id,
        c.spent,
        c.starts_on + 7 * w AS captured_on,
        w,
        w * c.budget AS impressions
    FROM campaigns AS c
    CROSS JOIN generate_series(1, 4) AS w
    WHERE c.status <> 'draft'
)
SELECT
    md5(concat_ws('/', 'metric', w.campaign_id, m.metric, w.w))::uuid AS id,
    w.organization_id,
    w.campaign_id,
    m.metric::metric_kind AS metric,
    round(m.value, 2) AS value,
    jsonb_build_object('week', w.w) AS dimensions,
    w.captured_on,
    w.captured_on::timestamp AT TIME ZONE 'UTC' AS created_at
FROM weeks AS w
CROSS JOIN LATERAL (
    VALUES
        ('impressions', w.impressions::numeric),
        ('reach', w.impressions * 0.7),
        ('engagements', w.impressions * 0.05),
        ('clicks', w.impressions * 0.012),
        ('conversions', floor(w.impressions * 0.0008)),
        ('revenue', floor(w.impressions * 0.0008) * 42),
        ('spend', w.spent * w.w / 4)
) AS m (metric, value)
