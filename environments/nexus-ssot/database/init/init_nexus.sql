-- Roles of the server beyond the superuser and nexus_service, the owner of the database (nexenv makes those).
-- Runs once per data directory, as the superuser. Every role here is a group: nobody can log in as one.
--
--   nexus_app      what the service becomes while it works for a user: SET LOCAL ROLE nexus_app. Row-level security
--                  binds it to the rows of app.current_user_id. Without a user it sees no personal row at all.
--   nexus_reader   reads measurements, endpoints, names and monitoring, and nothing that leads to a person
--   nexus_auditor  reads security events, compliance violations and the audit log of everybody, and writes nothing
--
-- What each may do with a table is said in the migration that makes the table.

DO $$
DECLARE
    group_role text;
BEGIN
    FOREACH group_role IN ARRAY ARRAY['nexus_app', 'nexus_reader', 'nexus_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = group_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', group_role);
        END IF;
    END LOOP;
END
$$;

GRANT nexus_app, nexus_reader, nexus_auditor TO nexus_service;

-- The views of the schema monitoring have their owner's rights: statistics of all roles, and no data.
GRANT pg_read_all_stats TO nexus_service;

COMMENT ON ROLE nexus_app IS 'nexus_service on behalf of a user; bound by row-level security';
COMMENT ON ROLE nexus_reader IS 'reads measurements and monitoring, writes nothing';
COMMENT ON ROLE nexus_auditor IS 'reads security events, compliance violations and the audit log, writes nothing';
