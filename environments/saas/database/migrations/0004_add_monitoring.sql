-- How the database is doing: views of the server's own statistics, and the sizes that it had.
CREATE SCHEMA monitoring;

CREATE VIEW monitoring.connection_pool AS
SELECT
    a.usename AS role_name,
    a.application_name,
    a.state,
    count(*) AS connections,
    round(count(*) * 100.0 / current_setting('max_connections')::integer, 1) AS percent_of_max
FROM pg_stat_activity AS a
WHERE a.datname = current_database()
GROUP BY a.usename, a.application_name, a.state;

COMMENT ON VIEW monitoring.connection_pool IS 'Connection pool utilization: connections that stay idle are too many';

CREATE VIEW monitoring.query_times AS
SELECT
    s.query,
    s.calls,
    round(s.mean_exec_time::numeric, 2) AS mean_ms,
    round(s.max_exec_time::numeric, 2) AS max_ms,
    round(s.total_exec_time::numeric, 2) AS total_ms
FROM pg_stat_statements AS s
JOIN pg_database AS d ON d.oid = s.dbid
WHERE d.datname = current_database()
ORDER BY s.total_exec_time DESC;

COMMENT ON VIEW monitoring.query_times IS 'Query execution times, the most expensive query first';

CREATE VIEW monitoring.cache_hits AS
SELECT
    s.relname AS table_name,
    n.hits,
    n.misses,
    round(n.hits * 100.0 / nullif(n.hits + n.misses, 0), 2) AS hit_percent
FROM pg_statio_user_tables AS s
CROSS JOIN LATERAL (
    SELECT
        s.heap_blks_hit + coalesce(s.idx_blks_hit, 0) AS hits,
        s.heap_blks_read + coalesce(s.idx_blks_read, 0) AS misses
) AS n
WHERE s.schemaname IN ('public', 'monitoring')
ORDER BY s.relname;

COMMENT ON VIEW monitoring.cache_hits IS
    'Cache hit and miss ratio of each table; that of Redis is keyspace_hits and keyspace_misses of INFO stats';

CREATE VIEW monitoring.index_usage AS
SELECT
    s.relname AS table_name,
    s.indexrelname AS index_name,
    s.idx_scan AS scans,
    pg_relation_size(s.indexrelid) AS bytes,
    s.idx_scan = 0 AND NOT i.indisunique AS is_unused
FROM pg_stat_user_indexes AS s
JOIN pg_index AS i ON i.indexrelid = s.indexrelid
WHERE s.schemaname IN ('public', 'monitoring')
ORDER BY s.relname, s.indexrelname;

COMMENT ON VIEW monitoring.index_usage IS 'Index usage statistics';

CREATE TABLE monitoring.sizes (
    measured_at timestamptz NOT NULL DEFAULT now(),
    table_name  text        NOT NULL,
    row_count   bigint      NOT NULL CHECK (row_count >= 0),
    bytes       bigint      NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (table_name, measured_at)
);

COMMENT ON TABLE monitoring.sizes IS 'How large each table was; record_sizes() adds to it, once a day is enough';
COMMENT ON COLUMN monitoring.sizes.row_count IS 'As the planner estimates it';

CREATE FUNCTION monitoring.record_sizes() RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
    WITH recorded AS (
        INSERT INTO monitoring.sizes (table_name, row_count, bytes)
        SELECT c.relname, greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid)
        FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        RETURNING 1
    )
    SELECT count(*) FROM recorded;
END;

COMMENT ON FUNCTION monitoring.record_sizes IS 'Notes the size of each table, and returns how many there are';

CREATE VIEW monitoring.size_growth AS
SELECT
    table_name,
    measured_at,
    bytes,
    bytes - lag(bytes) OVER (PARTITION BY table_name ORDER BY measured_at) AS growth_bytes,
    row_count - lag(row_count) OVER (PARTITION BY table_name ORDER BY measured_at) AS growth_rows
FROM monitoring.sizes;

COMMENT ON VIEW monitoring.size_growth IS 'Database size growth, from one measurement to the next';

GRANT USAGE ON SCHEMA monitoring TO myapp_readonly;
GRANT SELECT ON ALL TABLES IN SCHEMA monitoring TO myapp_readonly;

-- nexenv:down
DROP SCHEMA monitoring CASCADE;
