-- What is known about the system: how it is used, how well it runs, what threatens it, and who changed what.
--
--   analytics, performance_metrics, data_quality_metrics    measured; a measurement isn't changed afterwards
--   security_events, compliance_violations                  found; somebody looks into them
--   audit_log                                               every change of every table, before and after
--   monitoring.*                                            views of the server's own statistics
--
-- Readers: nexus_reader sees measurements and monitoring, nexus_auditor events, violations and the audit log.

----------------------------------------------------------------------------------------------------------------------
-- Measurements
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE analytics (
    id          uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    event_type  varchar(50)  NOT NULL CHECK (event_type ~ '^[a-z][a-z0-9_]*$'),
    user_id     uuid         REFERENCES users ON DELETE SET NULL,
    session_id  uuid,
    endpoint_id uuid         REFERENCES api_endpoints ON DELETE SET NULL,
    source      varchar(20)  NOT NULL DEFAULT 'web' CHECK (source IN ('web', 'mobile', 'api', 'system')),
    properties  jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(properties) = 'object'),
    ip_address  inet,
    user_agent  text,
    timestamp   timestamptz  NOT NULL DEFAULT now(),
    created_at  timestamptz  NOT NULL DEFAULT now()
);

CREATE INDEX ix_analytics_event_type ON analytics (event_type);
CREATE INDEX ix_analytics_timestamp ON analytics (timestamp);
CREATE INDEX ix_analytics_user_id ON analytics (user_id, timestamp DESC);
CREATE INDEX ix_analytics_endpoint_id ON analytics (endpoint_id);
CREATE INDEX ix_analytics_properties ON analytics USING gin (properties jsonb_path_ops);

COMMENT ON TABLE analytics IS 'Event tracking and analytics data';
COMMENT ON COLUMN analytics.user_id IS 'NULL: nobody was logged in, or the user was forgotten';
COMMENT ON COLUMN analytics.session_id IS 'Ties events of one visit together; NULL: no visit, but a program with a key';
COMMENT ON COLUMN analytics.endpoint_id IS 'What was called; NULL: nothing, or it is gone';
COMMENT ON COLUMN analytics.ip_address IS 'NULL: not known';
COMMENT ON COLUMN analytics.user_agent IS 'NULL: not known';
COMMENT ON COLUMN analytics.timestamp IS 'When it happened; created_at is when it arrived';
COMMENT ON INDEX ix_analytics_properties IS 'properties @> ''{"plan": "pro"}''';

CREATE TABLE performance_metrics (
    id           uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    service_name varchar(100)  NOT NULL,
    metric_name  varchar(100)  NOT NULL CHECK (metric_name ~ '^[a-z][a-z0-9_.]*$'),
    metric_type  varchar(20)   NOT NULL CHECK (metric_type IN ('counter', 'gauge', 'timer')),
    value        numeric(18,4) NOT NULL,
    unit         varchar(20)   NOT NULL CHECK (unit IN ('ms', 'count', 'percent', 'bytes', 'per_second')),
    endpoint_id  uuid          REFERENCES api_endpoints ON DELETE SET NULL,
    tags         jsonb         NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(tags) = 'object'),
    recorded_at  timestamptz   NOT NULL DEFAULT now(),
    created_at   timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT performance_metrics_percent_range CHECK (unit <> 'percent' OR value BETWEEN 0 AND 100),
    CONSTRAINT performance_metrics_not_negative CHECK (metric_type = 'gauge' OR value >= 0)
);

CREATE INDEX ix_performance_metrics_service_name ON performance_metrics (service_name);
CREATE INDEX ix_performance_metrics_series ON performance_metrics (service_name, metric_name, recorded_at DESC);
CREATE INDEX ix_performance_metrics_endpoint_id ON performance_metrics (endpoint_id);
CREATE INDEX ix_performance_metrics_recorded_at ON performance_metrics USING brin (recorded_at);

COMMENT ON TABLE performance_metrics IS 'System performance metrics';
COMMENT ON COLUMN performance_metrics.endpoint_id IS 'NULL: the whole service, or an endpoint that is gone';
COMMENT ON INDEX ix_performance_metrics_recorded_at IS 'Small, since rows arrive in order of time';

CREATE TABLE data_quality_metrics (
    id           uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    anchor_id    uuid         NOT NULL REFERENCES ssot_anchors ON DELETE CASCADE,
    dimension    varchar(20)  NOT NULL CHECK (dimension IN (
                                  'completeness', 'uniqueness', 'validity', 'consistency', 'timeliness'
                              )),
    rows_checked integer      NOT NULL CHECK (rows_checked > 0),
    rows_failed  integer      NOT NULL CHECK (rows_failed >= 0),
    score        numeric(5,2) NOT NULL GENERATED ALWAYS AS (
                                  round((rows_checked - rows_failed) * 100.0 / rows_checked, 2)
                              ) STORED,
    threshold    numeric(5,2) NOT NULL DEFAULT 95 CHECK (threshold BETWEEN 0 AND 100),
    is_passing   boolean      NOT NULL GENERATED ALWAYS AS (
                                  (rows_checked - rows_failed) * 100.0 >= threshold * rows_checked
                              ) STORED,
    details      jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
    measured_at  timestamptz  NOT NULL DEFAULT now(),
    created_at   timestamptz  NOT NULL DEFAULT now(),
    CONSTRAINT data_quality_metrics_once UNIQUE (anchor_id, dimension, measured_at),
    CONSTRAINT data_quality_metrics_failed_of_checked CHECK (rows_failed <= rows_checked)
);

CREATE INDEX ix_data_quality_metrics_failing ON data_quality_metrics (measured_at) WHERE NOT is_passing;

COMMENT ON TABLE data_quality_metrics IS 'Data quality tracking: how many rows of an anchor are as they should be';
COMMENT ON COLUMN data_quality_metrics.score IS 'Per cent of the rows that passed';

----------------------------------------------------------------------------------------------------------------------
-- Security and compliance
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE security_events (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     uuid        REFERENCES users ON DELETE SET NULL,
    api_key_id  uuid        REFERENCES api_keys ON DELETE SET NULL,
    event_type  varchar(50) NOT NULL CHECK (event_type IN (
                                'login_succeeded', 'login_failed', 'account_locked', 'password_changed',
                                'permission_denied', 'api_key_created', 'api_key_revoked', 'suspicious_activity'
                            )),
    severity    varchar(20) NOT NULL CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
    status      varchar(20) NOT NULL DEFAULT 'recorded'
                            CHECK (status IN ('recorded', 'open', 'investigating', 'resolved', 'dismissed')),
    ip_address  inet,
    user_agent  text,
    details     jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
    resolved_by uuid        REFERENCES users ON DELETE SET NULL,
    resolved_at timestamptz,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT security_events_severe_are_handled CHECK (severity NOT IN ('high', 'critical') OR status <> 'recorded'),
    CONSTRAINT security_events_resolved_when CHECK ((status IN ('resolved', 'dismissed')) = (resolved_at IS NOT NULL)),
    CONSTRAINT security_events_resolved_later CHECK (resolved_at >= occurred_at)
);

CREATE INDEX ix_security_events_user_id ON security_events (user_id, occurred_at DESC);
CREATE INDEX ix_security_events_event_type ON security_events (event_type, occurred_at DESC);
CREATE INDEX ix_security_events_ip_address ON security_events (ip_address, occurred_at DESC);
CREATE INDEX ix_security_events_unresolved ON security_events (severity) WHERE status IN ('open', 'investigating');
CREATE INDEX ix_security_events_api_key_id ON security_events (api_key_id);
CREATE INDEX ix_security_events_resolved_by ON security_events (resolved_by);

COMMENT ON TABLE security_events IS 'Security event logging';
COMMENT ON COLUMN security_events.user_id IS 'NULL: nobody who is known, or the user was forgotten';
COMMENT ON COLUMN security_events.api_key_id IS 'NULL: no key, or it is gone';
COMMENT ON COLUMN security_events.status IS 'recorded: nobody has to look into it';
COMMENT ON COLUMN security_events.ip_address IS 'NULL: not known';
COMMENT ON COLUMN security_events.user_agent IS 'NULL: not known';
COMMENT ON COLUMN security_events.resolved_by IS 'NULL: nobody yet, or somebody who is gone';
COMMENT ON COLUMN security_events.resolved_at IS 'NULL: not yet';

CREATE TABLE compliance_violations (
    id                uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id           uuid         REFERENCES users ON DELETE SET NULL,
    transaction_id    uuid         REFERENCES transactions ON DELETE RESTRICT,
    security_event_id uuid         REFERENCES security_events ON DELETE SET NULL,
    regulation        varchar(20)  NOT NULL
                                   CHECK (regulation IN ('GDPR', 'PCI_DSS', 'SOX', 'AML', 'KYC', 'INTERNAL')),
    rule_code         varchar(50)  NOT NULL CHECK (rule_code ~ '^[A-Z][A-Z0-9_-]*$'),
    severity          varchar(20)  NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    status            varchar(20)  NOT NULL DEFAULT 'open'
                                   CHECK (status IN ('open', 'under_review', 'remediated', 'waived')),
    description       text         NOT NULL,
    evidence          jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(evidence) = 'object'),
    detected_at       timestamptz  NOT NULL DEFAULT now(),
    due_at            timestamptz  NOT NULL,
    resolved_by       uuid         REFERENCES users ON DELETE SET NULL,
    resolved_at       timestamptz,
    resolution        text,
    created_at        timestamptz  NOT NULL DEFAULT now(),
    updated_at        timestamptz  NOT NULL DEFAULT now(),
    CONSTRAINT compliance_violations_due_later CHECK (due_at > detected_at),
    CONSTRAINT compliance_violations_resolved_when
        CHECK ((status IN ('remediated', 'waived')) = (resolved_at IS NOT NULL AND resolution IS NOT NULL)),
    CONSTRAINT compliance_violations_resolved_later CHECK (resolved_at >= detected_at)
);

CREATE INDEX ix_compliance_violations_user_id ON compliance_violations (user_id);
CREATE INDEX ix_compliance_violations_transaction_id ON compliance_violations (transaction_id);
CREATE INDEX ix_compliance_violations_security_event_id ON compliance_violations (security_event_id);
CREATE INDEX ix_compliance_violations_resolved_by ON compliance_violations (resolved_by);
CREATE INDEX ix_compliance_violations_due ON compliance_violations (due_at) WHERE status IN ('open', 'under_review');

COMMENT ON TABLE compliance_violations IS 'Compliance violation tracking';
COMMENT ON COLUMN compliance_violations.user_id IS 'NULL: nobody in particular, or the user was forgotten';
COMMENT ON COLUMN compliance_violations.transaction_id IS
    'Evidence: such a transaction can''t be deleted; NULL: it is about none';
COMMENT ON COLUMN compliance_violations.security_event_id IS 'NULL: it is about none';
COMMENT ON COLUMN compliance_violations.resolved_by IS 'NULL: nobody yet, or somebody who is gone';
COMMENT ON COLUMN compliance_violations.resolved_at IS 'NULL: not yet';
COMMENT ON COLUMN compliance_violations.resolution IS 'What was done, or why nothing has to be; NULL: not yet';

----------------------------------------------------------------------------------------------------------------------
-- Audit log
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE audit_log (
    id              uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    occurred_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    user_id         uuid        DEFAULT app_user_id(),
    database_role   varchar(63) NOT NULL,
    action          varchar(10) NOT NULL CHECK (action IN ('INSERT', 'UPDATE', 'DELETE')),
    table_name      varchar(63) NOT NULL,
    record_id       uuid        NOT NULL,
    old_values      jsonb       CHECK (jsonb_typeof(old_values) = 'object'),
    new_values      jsonb       CHECK (jsonb_typeof(new_values) = 'object'),
    changed_columns text[]      NOT NULL DEFAULT '{}',
    CONSTRAINT audit_log_before_unless_new CHECK ((action = 'INSERT') = (old_values IS NULL)),
    CONSTRAINT audit_log_after_unless_gone CHECK ((action = 'DELETE') = (new_values IS NULL)),
    CONSTRAINT audit_log_changes_of_update CHECK ((action = 'UPDATE') = (changed_columns <> '{}'))
);

CREATE INDEX ix_audit_log_record ON audit_log (table_name, record_id, occurred_at DESC);
CREATE INDEX ix_audit_log_user_id ON audit_log (user_id, occurred_at DESC) WHERE user_id IS NOT NULL;
CREATE INDEX ix_audit_log_occurred_at ON audit_log USING brin (occurred_at);

COMMENT ON TABLE audit_log IS 'Comprehensive audit logging: every change, before and after. Rows are only ever added';
COMMENT ON COLUMN audit_log.user_id IS
    'In whose name it happened; NULL: the service itself. No foreign key: the entry outlives the user';
COMMENT ON COLUMN audit_log.database_role IS
    'The role that did it: nexus_app for a user, nexus_service for itself and where nexus_app hasn''t the right';
COMMENT ON COLUMN audit_log.record_id IS 'The row''s id. No foreign key: the entry outlives the row';
COMMENT ON COLUMN audit_log.old_values IS
    'The whole row before, but for secrets; of these only changed_columns tells; NULL: it wasn''t there';
COMMENT ON COLUMN audit_log.new_values IS 'The whole row after, but for secrets; NULL: it is gone';

-- With the owner's rights: nobody else may write to audit_log, not even what a trigger of theirs writes.
CREATE FUNCTION write_audit_log() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    secrets CONSTANT text[] := ARRAY['password_hash', 'key_hash'];
    old_row jsonb  := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb  := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    changed text[] := '{}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT coalesce(array_agg(key ORDER BY key), '{}') INTO changed
        FROM jsonb_each(new_row)
        WHERE value IS DISTINCT FROM old_row -> key AND key <> 'updated_at';
        IF changed = '{}' THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO audit_log (database_role, action, table_name, record_id, old_values, new_values, changed_columns)
    VALUES (
        coalesce(nullif(current_setting('role'), 'none'), session_user),
        TG_OP,
        TG_TABLE_NAME,
        (coalesce(new_row, old_row) ->> 'id')::uuid,
        old_row - secrets,
        new_row - secrets,
        changed
    );
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION write_audit_log IS 'Trigger; notes a change, unless nothing but updated_at is another';

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

COMMENT ON FUNCTION refuse_change IS 'Trigger of tables whose rows are only ever added';

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON roles
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON user_roles
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON api_endpoints
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON ssot_anchors
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON alias_definitions
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON financial_accounts
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON transactions
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON budgets
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON budget_alerts
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON security_events
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON compliance_violations
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();

-- A measurement is itself a record of when and what: only tampering with it has to be noted.
CREATE TRIGGER write_audit_log AFTER UPDATE OR DELETE ON analytics
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER UPDATE OR DELETE ON performance_metrics
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER UPDATE OR DELETE ON data_quality_metrics
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON security_events
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON compliance_violations
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

----------------------------------------------------------------------------------------------------------------------
-- Row-level security, and who may read across users
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE analytics ENABLE ROW LEVEL SECURITY;
ALTER TABLE security_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE compliance_violations ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_rows ON analytics TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON security_events TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON compliance_violations TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON audit_log TO nexus_app
    USING (user_id = (SELECT app_user_id()));

CREATE POLICY all_rows ON analytics FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON security_events FOR SELECT TO nexus_auditor USING (true);
CREATE POLICY all_rows ON compliance_violations FOR SELECT TO nexus_auditor USING (true);
CREATE POLICY all_rows ON audit_log FOR SELECT TO nexus_auditor USING (true);

GRANT SELECT, INSERT ON analytics TO nexus_app;
GRANT SELECT ON security_events, compliance_violations, audit_log TO nexus_app, nexus_auditor;
-- Nothing that leads to a person.
GRANT SELECT (id, event_type, session_id, endpoint_id, source, properties, timestamp, created_at)
    ON analytics TO nexus_reader;
GRANT SELECT ON performance_metrics, data_quality_metrics TO nexus_reader;

----------------------------------------------------------------------------------------------------------------------
-- Monitoring: the server's own statistics, of this database
----------------------------------------------------------------------------------------------------------------------

CREATE SCHEMA monitoring;

CREATE VIEW monitoring.slow_queries AS
SELECT
    s.queryid,
    s.calls,
    round(s.mean_exec_time::numeric, 2) AS mean_ms,
    round(s.max_exec_time::numeric, 2) AS max_ms,
    round(s.total_exec_time::numeric, 2) AS total_ms,
    s.rows,
    s.query
FROM pg_stat_statements AS s
JOIN pg_database AS d ON d.oid = s.dbid
WHERE d.datname = current_database()
ORDER BY s.total_exec_time DESC;

COMMENT ON VIEW monitoring.slow_queries IS 'What queries cost, the most expensive first';

CREATE VIEW monitoring.index_usage AS
SELECT
    s.relname AS table_name,
    s.indexrelname AS index_name,
    s.idx_scan AS scans,
    pg_relation_size(s.indexrelid) AS bytes,
    s.idx_scan = 0 AND NOT i.indisunique AS is_unused,
    i.indisvalid AS is_valid
FROM pg_stat_user_indexes AS s
JOIN pg_index AS i ON i.indexrelid = s.indexrelid
WHERE s.schemaname = 'public'
ORDER BY s.relname, s.indexrelname;

COMMENT ON VIEW monitoring.index_usage IS 'Which indexes queries use; unique ones earn their place without it';

CREATE VIEW monitoring.table_health AS
SELECT
    s.relname AS table_name,
    s.n_live_tup AS live_rows,
    s.n_dead_tup AS dead_rows,
    s.seq_scan AS sequential_scans,
    s.idx_scan AS index_scans,
    greatest(s.last_vacuum, s.last_autovacuum) AS vacuumed_at,
    greatest(s.last_analyze, s.last_autoanalyze) AS analyzed_at,
    pg_total_relation_size(s.relid) AS bytes
FROM pg_stat_user_tables AS s
WHERE s.schemaname = 'public'
ORDER BY s.relname;

COMMENT ON VIEW monitoring.table_health IS
    'Size, dead rows and scans of each table: many sequential scans of a large one want an index';

CREATE VIEW monitoring.connections AS
SELECT
    a.usename AS role_name,
    a.application_name,
    a.state,
    count(*) AS connections,
    max(now() - a.state_change) AS longest_in_state,
    max(now() - a.xact_start) AS longest_transaction
FROM pg_stat_activity AS a
WHERE a.datname = current_database()
GROUP BY a.usename, a.application_name, a.state;

COMMENT ON VIEW monitoring.connections IS
    'Who is connected and does what: pools that are too large, forgotten transactions';

CREATE VIEW monitoring.database_health AS
SELECT
    d.datname AS database_name,
    d.numbackends AS connections,
    current_setting('max_connections')::integer AS max_connections,
    round(d.blks_hit * 100.0 / nullif(d.blks_hit + d.blks_read, 0), 2) AS cache_hit_percent,
    d.xact_commit AS commits,
    d.xact_rollback AS rollbacks,
    d.deadlocks,
    d.temp_bytes,
    pg_database_size(d.datid) AS bytes,
    (SELECT count(*) FROM pg_locks AS l WHERE NOT l.granted) AS waiting_locks
FROM pg_stat_database AS d
WHERE d.datname = current_database();

COMMENT ON VIEW monitoring.database_health IS 'One row: connections, cache, rollbacks, deadlocks, size';

-- The rules that the schema itself keeps. Each row is something that breaks one; there are none.
CREATE VIEW monitoring.schema_audit_report AS
WITH tables AS (
    SELECT c.oid, c.relname
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
),
columns AS (
    SELECT t.oid, t.relname, a.attname, a.attnum, a.attnotnull, format_type(a.atttypid, a.atttypmod) AS type
    FROM tables AS t
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT t.relname AS table_name, 'has no primary key `id` of type uuid' AS problem
FROM tables AS t
WHERE NOT EXISTS (
    SELECT FROM pg_constraint AS k
    JOIN columns AS c ON c.oid = k.conrelid AND k.conkey = ARRAY[c.attnum]
    WHERE k.conrelid = t.oid AND k.contype = 'p' AND c.attname = 'id' AND c.type = 'uuid'
)
UNION ALL
SELECT c.relname, format('%s is a time without a zone', c.attname)
FROM columns AS c
WHERE c.type LIKE 'timestamp% without time zone'
UNION ALL
SELECT c.relname, format('%s is money and no numeric(15,2)', c.attname)
FROM columns AS c
WHERE c.attname ~ '(^|_)(amount|balance|limit)$' AND c.type <> 'numeric(15,2)'
UNION ALL
SELECT c.relname, 'status is checked by nothing'
FROM columns AS c
WHERE c.attname = 'status' AND NOT EXISTS (
    SELECT FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[c.attnum]
)
UNION ALL
SELECT c.relname, 'updated_at is kept by nothing'
FROM columns AS c
WHERE c.attname = 'updated_at' AND NOT EXISTS (
    SELECT FROM pg_trigger AS g WHERE g.tgrelid = c.oid AND g.tgname = 'set_updated_at' AND g.tgenabled = 'O'
)
UNION ALL
SELECT t.relname, format('%s has no index', k.conname)
FROM tables AS t
JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'f'
WHERE NOT EXISTS (
    SELECT FROM pg_index AS i WHERE i.indrelid = t.oid AND i.indkey[0] = k.conkey[1] AND i.indpred IS NULL
)
UNION ALL
SELECT t.relname, format('%s doesn''t hold for every row', k.conname)
FROM tables AS t
JOIN pg_constraint AS k ON k.conrelid = t.oid
WHERE NOT k.convalidated
UNION ALL
SELECT t.relname, format('%s is invalid', i.indexrelid::regclass)
FROM tables AS t
JOIN pg_index AS i ON i.indrelid = t.oid
WHERE NOT i.indisvalid
UNION ALL
SELECT t.relname, 'changes aren''t audited'
FROM tables AS t
WHERE t.relname <> 'audit_log' AND NOT EXISTS (
    SELECT FROM pg_trigger AS g WHERE g.tgrelid = t.oid AND g.tgname = 'write_audit_log' AND g.tgenabled = 'O'
)
UNION ALL
SELECT t.relname, 'isn''t described'
FROM tables AS t
WHERE obj_description(t.oid, 'pg_class') IS NULL
UNION ALL
SELECT c.relname, format('%s may be NULL, and no comment says what that means', c.attname)
FROM columns AS c
WHERE NOT c.attnotnull AND coalesce(col_description(c.oid, c.attnum), '') NOT LIKE '%NULL:%';

COMMENT ON VIEW monitoring.schema_audit_report IS 'Tables that break a rule of this schema; always empty';

GRANT USAGE ON SCHEMA monitoring TO nexus_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA monitoring TO nexus_reader;

-- nexenv:down
DROP SCHEMA monitoring CASCADE;
DROP TRIGGER write_audit_log ON users;
DROP TRIGGER write_audit_log ON roles;
DROP TRIGGER write_audit_log ON user_roles;
DROP TRIGGER write_audit_log ON api_keys;
DROP TRIGGER write_audit_log ON api_endpoints;
DROP TRIGGER write_audit_log ON ssot_anchors;
DROP TRIGGER write_audit_log ON alias_definitions;
DROP TRIGGER write_audit_log ON financial_accounts;
DROP TRIGGER write_audit_log ON transactions;
DROP TRIGGER write_audit_log ON budgets;
DROP TRIGGER write_audit_log ON budget_alerts;
DROP TABLE compliance_violations, security_events, data_quality_metrics, performance_metrics, analytics, audit_log;
DROP FUNCTION refuse_change, write_audit_log;
