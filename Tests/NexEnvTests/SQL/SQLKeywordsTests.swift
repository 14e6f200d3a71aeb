import Testing

@testable import NexEnv

@Suite struct SQLKeywordsTests {
    private func words(_ sql: String) throws -> [String] {
        try #require(try SQLSplitter.split(SourceFile(sql)).first).words
    }

    @Test(arguments: [
        "SET search_path = a", "set role x", "RESET ROLE", "SET SESSION AUTHORIZATION x", "SET SESSION x = 1",
        "SELECT pg_catalog.set_config('search_path', '', false)", "SELECT set_config('a.b', 'c', false)",
    ])
    func `what changes the session`(sql: String) throws {
        #expect(SQLKeywords.setsSession(try words(sql)))
    }

    @Test(arguments: ["SET LOCAL a = 1", "SET TRANSACTION READ ONLY", "SET CONSTRAINTS ALL DEFERRED", "SELECT 1", "a"])
    func `what doesn't`(sql: String) throws {
        #expect(!SQLKeywords.setsSession(try words(sql)))
    }

    @Test(arguments: [
        "CREATE ROLE r", "CREATE USER u PASSWORD 'x'", "ALTER USER u SET a = 1", "DROP GROUP g", "CREATE DATABASE d",
        "ALTER DATABASE d SET a = 1", "DROP TABLESPACE t", "ALTER SYSTEM SET a = 1", "CREATE SUBSCRIPTION s",
        "GRANT a TO b", "REVOKE a, c FROM b", "GRANT CONNECT ON DATABASE d TO x", "COMMENT ON ROLE r IS 'x'",
        "COMMENT ON DATABASE d IS 'x'", "GRANT CREATE ON TABLESPACE t TO x",
    ])
    func `what is about the whole server`(sql: String) throws {
        #expect(SQLKeywords.isServerWide(try words(sql)))
    }

    @Test(arguments: [
        "CREATE TABLE role (a int)", "CREATE USER MAPPING FOR u SERVER s", "DROP USER MAPPING FOR u SERVER s",
        "GRANT SELECT ON t TO r", "GRANT SELECT (a, b, c, d, e, f, g, h, i, j, k, l) ON t TO r",
        "ALTER TABLE t OWNER TO r",
        "REVOKE ALL ON SCHEMA s FROM PUBLIC", "COMMENT ON TABLE t IS 'x'",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r",
        "CREATE EXTENSION citext", "DROP OWNED BY r",
    ])
    func `what is in the database`(sql: String) throws {
        #expect(!SQLKeywords.isServerWide(try words(sql)))
    }
}
