import Foundation
import PostgresClient
import Testing

extension MigrateTests {
    /// What no transaction can hold: resumed statement by statement.
    @Suite(.waitsForSlots)
    struct Step {
        @Test("steps outside of transactions go on where they stopped, with the session as it was", .native)
        func resumes() async throws {
            try await ProjectFixture.with("migrate-steps") { project in
                try MigrateTests.shop(
                    project,
                    [
                        "1_a.sql": """
                        -- nexenv:up
                        CREATE SCHEMA app;
                        SET search_path = app;
                        CREATE TABLE t (n int);
                        -- nexenv:up tx=off
                        INSERT INTO t VALUES (1);
                        BEGIN;
                        INSERT INTO t VALUES (2);
                        INSERT INTO t VALUES (3);
                        COMMIT;
                        VACUUM t;
                        INSERT INTO t SELECT wrong;
                        INSERT INTO t VALUES (5);
                        """
                    ]
                )
                let failed = try await project.nexenv("up", status: 65)
                #expect(
                    failed.error.hasSuffix(
                        "hint: 9 of 11 statements are done and stay: mend the rest and run it again\n"
                    ),
                    "\(failed)"
                )
                let rows = "SELECT string_agg(n::text, ',' ORDER BY n) FROM app.t"
                #expect(try await project.value(rows, "pg.shop") == "1,2,3")
                let status = try await project.nexenv("migrate", "status", "--json").json["databases"][0]["migrations"][
                    0
                ]
                #expect(status["state"].text == "half-done" && status["detail"].text == "9 of 11 statements done")
                let down = try await project.nexenv("migrate", "down", status: 65)
                #expect(down.error.contains("`1_a` is half done and can't be taken back"), "\(down)")

                // What has run may not change any more; what hasn't, may.
                let text = try String(contentsOfFile: project.folder + "/migrations/1_a.sql", encoding: .utf8)
                try project.write("migrations/1_a.sql", text.replacing("VALUES (1)", with: "VALUES (7)"))
                let changed = try await project.nexenv("migrate", "up", status: 65)
                #expect(
                    changed.error.contains("`1_a` was changed in what had run already: 9 of its statements"),
                    "\(changed)"
                )
                try project.write("migrations/1_a.sql", text.replacing("SELECT wrong", with: "VALUES (4) /* mended */"))
                try await project.nexenv("migrate", "up")
                #expect(try await project.value(rows, "pg.shop") == "1,2,3,4,5")
            }
        }

        @Test("settings of one file are not those of the next", .native)
        func settings() async throws {
            try await ProjectFixture.with("migrate-session") { project in
                try MigrateTests.shop(
                    project,
                    [
                        "1_dump.sql": """
                        SELECT pg_catalog.set_config('search_path', '', false);
                        RESET ROLE;
                        CREATE TABLE public.a (n int);
                        CREATE TEMP TABLE scratch (n int);
                        """,
                        "2_next.sql": "CREATE TABLE b (n int);\nCREATE TEMP TABLE scratch (n int);\n",
                        "3_enum.sql": """
                        -- nexenv:up
                        CREATE TYPE mood AS ENUM ('good');
                        -- nexenv:up
                        ALTER TYPE mood ADD VALUE 'bad';
                        -- nexenv:up
                        CREATE TABLE m (mood mood DEFAULT 'bad');
                        """,
                        "4_other.sql": "SET SESSION AUTHORIZATION keeper;\nCREATE TABLE d (n int);\n",
                    ]
                )
                try await project.nexenv("up")
                let owners =
                    "SELECT string_agg(tablename || ' ' || tableowner, ',' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'"
                #expect(try await project.value(owners, "pg.shop") == "a postgres,b keeper,d keeper,m keeper")
            }
        }

        @Test("an index that couldn't be built is built when the rows are mended", .native)
        func failedIndex() async throws {
            try await ProjectFixture.with("migrate-index") { project in
                try MigrateTests.shop(
                    project,
                    [
                        "1_a.sql": "CREATE TABLE a (n int);\nINSERT INTO a VALUES (1), (1);\n",
                        "2_b.sql":
                            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_n ON a (n);\nCREATE TABLE b (n int);\n",
                    ]
                )
                let failed = try await project.nexenv("up", status: 65)
                #expect(
                    failed.error.contains("migrations/2_b.sql:1:1: error: could not create unique index \"a_n\""),
                    "\(failed)"
                )
                #expect(failed.error.contains("Key (n)=(1) is duplicated"), "\(failed)")
                let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
                #expect(try await project.value(invalid, "pg.shop") == "1")
                // Run again at once, it fails again, and leaves no second one.
                try await project.nexenv("migrate", "up", status: 65)
                #expect(try await project.value(invalid, "pg.shop") == "1")
                try await project.postgres("pg.shop") { _ = try await $0.execute("TRUNCATE a") }
                try await project.nexenv("migrate", "up")
                #expect(try await project.value(invalid, "pg.shop") == "0")
                #expect(
                    try await project.value(
                        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass",
                        "pg.shop"
                    ) == "t"
                )

                // One without a name, whose text is mended after it failed.
                try await project.postgres("pg.shop") { _ = try await $0.execute("INSERT INTO b VALUES (1), (1)") }
                try project.write("migrations/3_c.sql", "CREATE UNIQUE INDEX CONCURRENTLY ON b (n);\n")
                try await project.nexenv("migrate", "up", status: 65)
                try project.write("migrations/3_c.sql", "CREATE INDEX CONCURRENTLY ON b (n);\n")
                try await project.nexenv("migrate", "up")
                #expect(try await project.value(invalid, "pg.shop") == "0")
                #expect(
                    try await project.value("SELECT count(*) FROM pg_indexes WHERE tablename = 'b'", "pg.shop") == "1"
                )

                // An invalid one that isn't ours is named, and left alone.
                try await project.postgres("pg.shop") { connection in
                    _ = try? await connection.execute("CREATE UNIQUE INDEX CONCURRENTLY b_theirs ON b (n)")
                }
                try project.write("migrations/4_d.sql", "CREATE INDEX CONCURRENTLY IF NOT EXISTS b_theirs ON b (n);\n")
                let theirs = try await project.nexenv("migrate", "up", status: 65)
                #expect(theirs.error.contains("the index `b_theirs` was there before, and is invalid"), "\(theirs)")
                #expect(try await project.value(invalid, "pg.shop") == "1")
            }
        }

        @Test("a connection that is lost in the middle is said, and the next run goes on", .native)
        func lostConnection() async throws {
            try await ProjectFixture.with("migrate-lost") { project in
                try MigrateTests.shop(
                    project,
                    [
                        "1_a.sql": "CREATE TABLE a (n int);\n",
                        "2_b.sql": """
                        -- nexenv:up
                        INSERT INTO a VALUES (1);
                        -- nexenv:up
                        INSERT INTO a VALUES (2);
                        SELECT pg_sleep(CASE WHEN EXISTS (SELECT FROM pg_class WHERE relname = 'quick') THEN 0 ELSE 60 END);
                        """,
                    ]
                )
                let run = try await project.nexenv("up", status: 1) { running in
                    try await running.waitForError("2_b, 1 of 3 statements done")
                    try await eventually("it sleeps and is ended") {
                        try await project.value(
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep' AND pid <> pg_backend_pid()",
                            "pg"
                        ) == "1"
                    }
                }
                #expect(
                    run.error.contains("migrations/2_b.sql:5:1: error: the connection was lost while this ran"),
                    "\(run)"
                )
                #expect(run.error.contains("terminating connection due to administrator command"), "\(run)")
                #expect(run.error.contains("hint: run it again"), "\(run)")
                #expect(try await project.value("SELECT string_agg(n::text, ',') FROM a", "pg.shop") == "1")
                try await project.postgres("pg.shop") { _ = try await $0.execute("CREATE TABLE quick ()") }
                try await project.nexenv("migrate", "up")
                #expect(
                    try await project.value("SELECT string_agg(n::text, ',' ORDER BY n) FROM a", "pg.shop") == "1,2"
                )
            }
        }

        @Test("Ctrl-C ends a migration, and the next run goes on", .native)
        func interrupted() async throws {
            try await ProjectFixture.with("migrate-ctrlc") { project in
                try MigrateTests.shop(project)
                try await project.nexenv("up")
                try project.write("migrations/1_a.sql", "CREATE TABLE a (n int);\nSELECT pg_sleep(60);\n")
                let run = try await project.nexenv("migrate", "up", status: 130) { running in
                    try await eventually("it sleeps") {
                        try await project.value(
                            "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'",
                            "pg"
                        ) == "1"
                    }
                    running.send(SIGINT)
                }
                #expect(!run.error.contains("error:"), "\(run)")
                try project.write("migrations/1_a.sql", "CREATE TABLE a (n int);\n")
                try await project.nexenv("migrate", "up")
            }
        }
    }

    /// One migrator at a time.
    @Suite(.waitsForSlots)
    struct Turn {
        @Test("two at once, one of them building an index concurrently, don't wait for each other for ever", .native)
        func twoAtOnce() async throws {
            try await ProjectFixture.with("migrate-two") { project in
                try MigrateTests.shop(
                    project,
                    ["1_a.sql": "CREATE TABLE a AS SELECT n FROM generate_series(1, 200000) AS n;\n"]
                )
                try await project.nexenv("up")
                // The number is what sessions of nexenv lock: "nexenv" in ASCII.
                let lock = 0x6e65_7865_6e76
                for round in 2...5 {
                    try project.write(
                        "migrations/\(round)_b.sql",
                        "CREATE TABLE t\(round) ();\nCREATE INDEX CONCURRENTLY a\(round) ON a (n);\n"
                    )
                    let runs = try await project.postgres("pg.shop") { connection in
                        _ = try await connection.query("SELECT pg_advisory_lock(\(lock))")
                        return try await MigrateTests.upTogether(project, waitingFor: "waiting for server process") {
                            _ = try await connection.query("SELECT pg_advisory_unlock(\(lock))")
                        }
                    }
                    #expect(runs.count { $0.error.contains("\(round)_b applied") } == 1, "\(runs)")
                }
                #expect(try await project.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid", "pg.shop") == "0")
            }
        }

        @Test("who loses the connection while waiting is told so", .native)
        func lostWhileWaiting() async throws {
            try await ProjectFixture.with("migrate-lostwait") { project in
                try MigrateTests.shop(project)
                try await project.nexenv("up")
                try project.write("migrations/1_a.sql", "SELECT pg_sleep(60);\n")
                let others = "FROM pg_stat_activity WHERE application_name LIKE 'nexenv migrate up%'"
                try await project.nexenv("migrate", "up", status: 143) { first in
                    try await eventually("it sleeps") {
                        try await project.value("SELECT count(*) \(others) AND query ~ '^SELECT pg_sleep'", "pg") == "1"
                    }
                    let second = try await project.nexenv("migrate", "up", status: 1) { running in
                        try await running.waitForError("waiting for server process")
                        let end = "SELECT count(pg_terminate_backend(pid)) \(others) AND query !~ '^SELECT pg_sleep'"
                        #expect(try await project.value(end, "pg") == "1")
                    }
                    #expect(second.error.contains("error: pg.shop: the connection was lost"), "\(second)")
                    #expect(second.error.contains("hint: run it again"), "\(second)")
                    first.send(SIGTERM)
                }
            }
        }

        @Test("who waits too long is told for whom", .docker)
        func timesOut() async throws {
            try await ProjectFixture.with("migrate-timeout") { project in
                try MigrateTests.shop(project, in: .docker)
                try await project.nexenv("up")
                try project.write("migrations/1_a.sql", "SELECT pg_sleep(60);\n")
                try await project.nexenv("migrate", "up", status: 143) { first in
                    try await eventually("it sleeps") {
                        try await project.value(
                            "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'",
                            "pg"
                        ) == "1"
                    }
                    let second = try await project.nexenv("migrate", "up", "--lock-timeout", "300ms", status: 75)
                    #expect(
                        second.error.contains("pg.shop: somebody else has been working on the database"),
                        "\(second)"
                    )
                    #expect(
                        second.error.contains("nexenv migrate up (") && second.error.contains("pid \(first.pid))"),
                        "\(second)"
                    )
                    #expect(second.error.contains("at work on: SELECT pg_sleep(60)"), "\(second)")
                    #expect(second.error.contains("pg_terminate_backend("), "\(second)")
                    first.send(SIGTERM)
                }
            }
        }
    }
}
