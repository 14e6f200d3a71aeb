-- Roles of the TimescaleDB server beyond the superuser and the owner of its database (nexenv makes those).
-- Runs once per data directory, as the superuser. The same idea as database/init/01-roles.sql:
--
--   timescale_app     a service on behalf of a user: SET LOCAL ROLE timescale_app, bound by row-level security.
--   analytics_reader  reads prices, metrics and trading events of everybody, writes nothing.

DO $$
DECLARE
    group_role text;
BEGIN
    FOREACH group_role IN ARRAY ARRAY['timescale_app', 'analytics_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = group_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', group_role);
        END IF;
    END LOOP;
END
$$;

GRANT timescale_app TO timescale_service;

COMMENT ON ROLE timescale_app IS 'timescale_service on behalf of a user; bound by row-level security';
COMMENT ON ROLE analytics_reader IS 'reads market data and analytics, writes nothing';
