-- Roles of the server beyond the superuser and myapp_service, the owner of the database (nexenv makes those).
-- Runs once per data directory, as the superuser.
--
--   myapp_readonly  reads everything but password hashes, writes nothing: for Drizzle Studio, reports and support.
--                   A group: grant it to people.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'myapp_readonly') THEN
        CREATE ROLE myapp_readonly NOLOGIN;
    END IF;
END
$$;

GRANT myapp_readonly TO myapp_service;

-- The views of the schema monitoring have their owner's rights: statistics of all roles, and no data.
GRANT pg_read_all_stats TO myapp_service;

COMMENT ON ROLE myapp_readonly IS 'reads everything but password hashes, writes nothing';
