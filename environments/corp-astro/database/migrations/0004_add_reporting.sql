-- Reports on money and relationships: what PostgreSQL was chosen for.
CREATE SCHEMA reporting;

CREATE VIEW reporting.revenue_by_month AS
SELECT
    date_trunc('month', t.created_at, 'UTC') AS month,
    t.plan_id,
    t.currency,
    count(*) FILTER (WHERE t.status = 'completed') AS payments,
    coalesce(sum(t.amount) FILTER (WHERE t.status = 'completed'), 0) AS revenue,
    coalesce(sum(t.amount) FILTER (WHERE t.status = 'refunded'), 0) AS refunded
FROM subscription_transactions AS t
GROUP BY date_trunc('month', t.created_at, 'UTC'), t.plan_id, t.currency;

COMMENT ON VIEW reporting.revenue_by_month IS 'What came in for each plan, by months of UTC';

CREATE VIEW reporting.subscribers_by_plan AS
SELECT
    p.id AS plan_id,
    p.name,
    count(DISTINCT t.user_id) AS subscribers,
    max(t.created_at) AS last_payment_at
FROM subscription_plans AS p
LEFT JOIN subscription_transactions AS t ON t.plan_id = p.id AND t.status = 'completed'
GROUP BY p.id, p.name;

COMMENT ON VIEW reporting.subscribers_by_plan IS 'How many users have ever paid for each plan';

CREATE VIEW reporting.relationships_by_type AS
SELECT relationship_type, status, count(*) AS relationships
FROM user_relationships
GROUP BY relationship_type, status;

COMMENT ON VIEW reporting.relationships_by_type IS 'How many relationships there are of each kind';

GRANT USAGE ON SCHEMA reporting TO corp_astro_reporting;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO corp_astro_reporting;

-- nexenv:down
DROP SCHEMA reporting CASCADE;
