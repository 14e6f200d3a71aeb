-- Database analytics: figures computed from portfolios, and the reports and dashboards that show them.
--
-- What changes by the minute is in TimescaleDB (analytics_ts); here are results per period, and what users asked for.
-- user_id is auth.users.id and portfolio_id is portfolio.portfolios.id, both by value.
--
-- Runs as the owner, analytics_service. On behalf of a user the service says, in one transaction:
--     SET LOCAL ROLE analytics_app;
--     SET LOCAL app.current_user_id = '…';

-- Only the owner and the read-only role may connect, whatever the database is called.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO analytics_reader', current_database());
END
$$;

-- The user in whose name this transaction works, or NULL. A setting that was once set LOCAL reads as '' afterwards.
CREATE FUNCTION app_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('app.current_user_id', true), '')::uuid;

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

----------------------------------------------------------------------------------------------------------------------
-- Metrics
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE metric_definitions (
    code             text        PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    name             text        NOT NULL CHECK (name <> ''),
    description      text        NOT NULL DEFAULT '',
    unit             text        NOT NULL CHECK (unit IN ('fraction', 'ratio', 'money', 'days', 'count')),
    higher_is_better boolean,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE metric_definitions IS 'What is measured: time-weighted return, volatility, Sharpe ratio …';
COMMENT ON COLUMN metric_definitions.higher_is_better IS 'NULL: neither';

CREATE TABLE portfolio_metrics (
    id           uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid           NOT NULL,
    portfolio_id uuid           NOT NULL,
    metric_code  text           NOT NULL REFERENCES metric_definitions ON UPDATE CASCADE ON DELETE RESTRICT,
    period       text           NOT NULL CHECK (period IN ('day', 'week', 'month', 'quarter', 'year')),
    period_start date           NOT NULL,
    value        numeric(24, 8) NOT NULL,
    currency     text           CHECK (currency ~ '^[A-Z]{3}$'),
    computed_at  timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (portfolio_id, metric_code, period, period_start)
);

CREATE INDEX portfolio_metrics_user_id_idx ON portfolio_metrics (user_id);
CREATE INDEX portfolio_metrics_metric_idx ON portfolio_metrics (metric_code, period, period_start);

COMMENT ON TABLE portfolio_metrics IS 'One figure per portfolio, metric and period; computing it again replaces it';
COMMENT ON COLUMN portfolio_metrics.currency IS 'For metrics in money; NULL for the others';

----------------------------------------------------------------------------------------------------------------------
-- Reports
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE reports (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid        NOT NULL,
    name       text        NOT NULL CHECK (name <> ''),
    kind       text        NOT NULL CHECK (kind IN ('performance', 'holdings', 'tax', 'fees', 'risk', 'regulatory')),
    parameters jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
    schedule   text        CHECK (schedule IN ('daily', 'weekly', 'monthly', 'quarterly', 'yearly')),
    is_active  boolean     NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX reports_user_name_key ON reports (user_id, lower(name));
CREATE INDEX reports_scheduled_idx ON reports (schedule) WHERE is_active AND schedule IS NOT NULL;

COMMENT ON TABLE reports IS 'Reports that users defined; regulatory ones report transactions';
COMMENT ON COLUMN reports.schedule IS 'NULL: only when asked for';

CREATE TABLE report_runs (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    report_id   uuid        NOT NULL REFERENCES reports ON DELETE CASCADE,
    status      text        NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'failed')),
    started_at  timestamptz,
    finished_at timestamptz,
    row_count   bigint      CHECK (row_count >= 0),
    output_uri  text,
    error       text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT report_runs_finished_if_over CHECK ((status IN ('done', 'failed')) = (finished_at IS NOT NULL)),
    CONSTRAINT report_runs_error_if_failed CHECK ((status = 'failed') = (error IS NOT NULL)),
    CONSTRAINT report_runs_finished_after_start CHECK (finished_at >= started_at)
);

CREATE INDEX report_runs_report_id_idx ON report_runs (report_id, created_at DESC);
CREATE INDEX report_runs_waiting_idx ON report_runs (created_at) WHERE status = 'queued';

COMMENT ON TABLE report_runs IS 'Each time a report was made; the queued ones are the work list';

----------------------------------------------------------------------------------------------------------------------
-- Dashboards
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE dashboards (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid        NOT NULL,
    name       text        NOT NULL CHECK (name <> ''),
    is_default boolean     NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX dashboards_user_name_key ON dashboards (user_id, lower(name));
CREATE UNIQUE INDEX dashboards_user_default_key ON dashboards (user_id) WHERE is_default;

COMMENT ON TABLE dashboards IS 'Pages of figures that users arranged';

CREATE TABLE dashboard_widgets (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    dashboard_id uuid        NOT NULL REFERENCES dashboards ON DELETE CASCADE,
    metric_code  text        REFERENCES metric_definitions ON UPDATE CASCADE ON DELETE SET NULL,
    kind         text        NOT NULL CHECK (kind IN ('number', 'line', 'bar', 'pie', 'table')),
    title        text        NOT NULL DEFAULT '',
    position     smallint    NOT NULL DEFAULT 0 CHECK (position >= 0),
    settings     jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX dashboard_widgets_dashboard_id_idx ON dashboard_widgets (dashboard_id, position);
CREATE INDEX dashboard_widgets_metric_code_idx ON dashboard_widgets (metric_code);

COMMENT ON TABLE dashboard_widgets IS 'One figure on a dashboard';
COMMENT ON COLUMN dashboard_widgets.metric_code IS 'NULL: shows holdings or news, or its metric no longer exists';

CREATE TRIGGER set_updated_at BEFORE UPDATE ON metric_definitions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON reports
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON report_runs
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON dashboards
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON dashboard_widgets
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

----------------------------------------------------------------------------------------------------------------------
-- Row-level security: analytics_app sees and changes what belongs to app.current_user_id. The owner is not bound.
-- analytics_reader reads all figures and report runs, but nobody's dashboards.
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE portfolio_metrics ENABLE ROW LEVEL SECURITY;
ALTER TABLE reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE dashboards ENABLE ROW LEVEL SECURITY;
ALTER TABLE dashboard_widgets ENABLE ROW LEVEL SECURITY;

-- (SELECT app_user_id()) is computed once per query; without SELECT it would be once per row.
CREATE POLICY own_rows ON portfolio_metrics TO analytics_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON reports TO analytics_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON report_runs TO analytics_app
    USING (report_id IN (SELECT id FROM reports));
CREATE POLICY own_rows ON dashboards TO analytics_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON dashboard_widgets TO analytics_app
    USING (dashboard_id IN (SELECT id FROM dashboards));

CREATE POLICY read_all ON portfolio_metrics FOR SELECT TO analytics_reader USING (true);
CREATE POLICY read_all ON reports FOR SELECT TO analytics_reader USING (true);
CREATE POLICY read_all ON report_runs FOR SELECT TO analytics_reader USING (true);

-- A table that a later migration adds is closed to both until it has a policy and a grant of its own.
GRANT SELECT ON metric_definitions, portfolio_metrics, report_runs TO analytics_app, analytics_reader;
GRANT INSERT ON report_runs TO analytics_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON reports, dashboards, dashboard_widgets TO analytics_app;
GRANT SELECT ON reports TO analytics_reader;

----------------------------------------------------------------------------------------------------------------------
-- GDPR: what is known about a person, and forgetting it
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION export_user_data(for_user uuid) RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
    'portfolio_metrics', (
        SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m.period_start, m.id), '[]')
        FROM portfolio_metrics AS m WHERE user_id = for_user
    ),
    'reports', (
        SELECT coalesce(jsonb_agg(
            to_jsonb(r) || jsonb_build_object(
                'runs', (
                    SELECT coalesce(jsonb_agg(to_jsonb(n) ORDER BY n.created_at, n.id), '[]')
                    FROM report_runs AS n WHERE n.report_id = r.id
                )
            ) ORDER BY r.name
        ), '[]')
        FROM reports AS r WHERE r.user_id = for_user
    ),
    'dashboards', (
        SELECT coalesce(jsonb_agg(
            to_jsonb(d) || jsonb_build_object(
                'widgets', (
                    SELECT coalesce(jsonb_agg(to_jsonb(w) ORDER BY w.position, w.id), '[]')
                    FROM dashboard_widgets AS w WHERE w.dashboard_id = d.id
                )
            ) ORDER BY d.name
        ), '[]')
        FROM dashboards AS d WHERE d.user_id = for_user
    )
);

COMMENT ON FUNCTION export_user_data IS 'Everything analytics knows about a person; users may export themselves';

CREATE FUNCTION erase_user_data(for_user uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    anything boolean := EXISTS (SELECT FROM portfolio_metrics WHERE user_id = for_user)
        OR EXISTS (SELECT FROM reports WHERE user_id = for_user)
        OR EXISTS (SELECT FROM dashboards WHERE user_id = for_user);
BEGIN
    DELETE FROM portfolio_metrics WHERE user_id = for_user;
    DELETE FROM reports WHERE user_id = for_user;
    DELETE FROM dashboards WHERE user_id = for_user;
    RETURN anything;
END
$$;

COMMENT ON FUNCTION erase_user_data IS 'Forgets a person; true if anything was known';

REVOKE ALL ON FUNCTION erase_user_data FROM PUBLIC;
