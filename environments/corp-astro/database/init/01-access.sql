-- Who may connect to the database, before there is anything in it: its owner and who reads.
-- Written for the current database, so that it holds for copies under other names.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO corp_astro_reporting', current_database());
END
$$;
