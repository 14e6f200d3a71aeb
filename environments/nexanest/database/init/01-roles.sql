-- Roles of the PostgreSQL server beyond the superuser and the owners of the databases (nexenv makes those).
-- Runs once per data directory, as the superuser. Every role here is a group: nobody can log in as one.
--
--   *_app             what a service becomes while it works for a user: SET LOCAL ROLE auth_app. Row-level security
--                     binds it to the rows of app.current_user_id. Without a user it sees no personal row at all.
--   analytics_reader  reads portfolio and analytics, writes nothing. Grant it to people and reporting tools.
--   nexanest_monitor  reads statistics of the whole server: pg_stat_statements, pg_stat_activity.
--
-- What each role may do in a database is said in that database's schema file.

DO $$
DECLARE
    group_role text;
BEGIN
    FOREACH group_role IN ARRAY ARRAY[
        'nexanest_app', 'auth_app', 'portfolio_app', 'analytics_app', 'notifications_app',
        'analytics_reader', 'nexanest_monitor'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = group_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', group_role);
        END IF;
    END LOOP;
END
$$;

-- A service may become its own app role, and no other's.
GRANT nexanest_app TO nexanest_service;
GRANT auth_app TO auth_service;
GRANT portfolio_app TO portfolio_service;
GRANT analytics_app TO analytics_service;
GRANT notifications_app TO notifications_service;

GRANT pg_monitor TO nexanest_monitor;

COMMENT ON ROLE nexanest_app IS 'nexanest_service on behalf of a user; bound by row-level security';
COMMENT ON ROLE auth_app IS 'auth_service on behalf of a user; bound by row-level security';
COMMENT ON ROLE portfolio_app IS 'portfolio_service on behalf of a user; bound by row-level security';
COMMENT ON ROLE analytics_app IS 'analytics_service on behalf of a user; bound by row-level security';
COMMENT ON ROLE notifications_app IS 'notifications_service on behalf of a user; bound by row-level security';
COMMENT ON ROLE analytics_reader IS 'reads portfolio and analytics, writes nothing';
COMMENT ON ROLE nexanest_monitor IS 'reads server statistics, no data';
