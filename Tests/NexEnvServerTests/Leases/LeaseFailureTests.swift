import Foundation
import NexEnv
import PostgresClient
import Synchronization
import Testing

/// What goes wrong while copies are leased, and what is left behind in them.
@Suite(.waitsForSlots)
struct LeaseFailureTests {
    private static func desk(_ project: ProjectFixture) -> LeaseDesk {
        var options = LeaseDesk.Options()
        options.environment = project.folder + "/nexenv.yaml"
        let variables = project.environment.compactMapValues(\.self)
        return LeaseDesk(options, variables: ProcessInfo.processInfo.environment.merging(variables) { $1 })
    }

    private static let shop = LeaseRequest(engine: "postgres", database: "shop", seeds: .all)

    private static func items(_ leased: LeasedDatabase) async throws -> Int {
        try await PostgresConnection.withConnection(to: PostgresConfiguration(url: leased.address.url)) {
            try await $0.query("SELECT count(*) FROM item")[0].int(0)
        }
    }

    @Test("a server that is restarted in the middle fails the tests in flight, and no later one", .native)
    func restart() async throws {
        try await ProjectFixture.with("lease-restart") { project in
            try LeaseKillTests.shop(project)
            try await project.nexenv("up")
            let desk = Self.desk(project)
            let inFlight = try #require(try await desk.lease([Self.shop], holder: "in flight").first)
            let connection = try await PostgresConnection.connect(to: PostgresConfiguration(url: inFlight.address.url))
            try await connection.query("INSERT INTO item (name) VALUES ('half')")

            let server = try #require(
                ProcessView.of(project).first {
                    $0.command.first?.hasSuffix("/postgres") == true && $0.command.contains("-D")
                }
            )
            kill(server.pid, SIGKILL)
            // As a process without a parent that waits for it, it may still have its number.
            try await eventually("the server is gone") { ProcessIdentity(running: server.pid) == nil }
            await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
            await #expect(throws: (any Error).self) { _ = try await inFlight.giveBack() }
            let refused = await #expect(throws: NexEnvError.self) {
                _ = try await desk.lease([Self.shop], holder: "too early")
            }
            #expect(
                refused?.code == .notRunning && refused?.hint?.contains("nexenv up") == true,
                "\(String(describing: refused))"
            )

            try await project.nexenv("up")
            // As many as there are copies: the one that was lost is among them.
            var all: [LeasedDatabase] = []
            for number in 0..<inFlight.source.slots {
                let leased = try #require(try await desk.lease([Self.shop], holder: "later \(number)").first)
                #expect(try await Self.items(leased) == 100)
                all.append(leased)
            }
            for leased in all { #expect(try await leased.giveBack() == []) }
        }
    }

    @Test("a test process that is killed leaves nothing of libmongoc's in memory", .native)
    func counters() async throws {
        try await ProjectFixture.with("lease-counters") { project in
            try LeaseKillTests.shop(project)
            try await project.nexenv("up")
            let pid = Mutex<Int32>(0)
            let run = try await Program.run(
                LeaseKillTests.probe,
                [project.folder + "/nexenv.yaml", "100000", "1"],
                folder: project.folder,
                environment: project.environment
            ) { running in
                try await eventually("it has leased") {
                    FileManager.default.fileExists(atPath: project.folder + "/.nexenv/test/leases.log")
                }
                pid.withLock { $0 = running.pid }
                running.send(SIGKILL)
            }
            #expect(run.status == 137, "\(run)")
            #expect(!FileManager.default.fileExists(atPath: "/dev/shm/mongoc-\(pid.withLock { $0 })"))
        }
    }

    @Test("many processes on a server with few connections wait their turn", .native)
    func budget() async throws {
        try await ProjectFixture.with("lease-budget") { project in
            try LeaseKillTests.shop(project)
            let file = try String(contentsOfFile: project.folder + "/nexenv.yaml", encoding: .utf8)
            try project.write("nexenv.yaml", file.replacing("log_statement: ddl", with: "max_connections: 32"))
            try await project.nexenv("up")
            let runs = try await withThrowingTaskGroup(of: Program.Run.self) { group in
                for number in 0..<24 {
                    group.addTask {
                        try await Program.run(
                            LeaseKillTests.probe,
                            [project.folder + "/nexenv.yaml", "5", "\(number)"],
                            folder: project.folder,
                            environment: project.environment
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for run in runs { #expect(run.status == 0 && run.output == "done\n", "\(run)") }
        }
    }

    @Test("what a test leaves open is named, and gone for the next one", .native, arguments: [false, true])
    func leaks(hasCleaner: Bool) async throws {
        try await ProjectFixture.with("lease-leaks") { project in
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg: { engine: postgres, settings: { max_prepared_transactions: 5 }, databases: { shop: {} } }
                """,
                in: .native
            )
            try await project.nexenv("up")
            let desk = Self.desk(project)
            let request = LeaseRequest(engine: "postgres", database: "shop", seeds: .none)
            // Makes the folder in which a cleaner listens.
            let first = try #require(try await desk.lease([request], holder: "first").first)
            #expect(try await first.giveBack() == [])
            let cleaner = Task { if hasCleaner { await LeaseCleaner(folder: project.folder + "/.nexenv/test").run() } }
            defer { cleaner.cancel() }
            for (statement, name) in [
                ("SELECT 1", "an open connection (nexenv, last statement: SELECT 1)"),
                ("LISTEN news", "a listener (nexenv, last statement: LISTEN news)"),
                (
                    "BEGIN; CREATE TABLE t (n int)",
                    "an open transaction (nexenv, last statement: BEGIN; CREATE TABLE t (n int))"
                ),
                ("BEGIN; CREATE TABLE t (n int); PREPARE TRANSACTION 'mine'", "a prepared transaction (`mine`)"),
                ("CREATE ROLE left_over", "the role `left_over` (if no test beside it has made it)"),
            ] {
                let leased = try #require(try await desk.lease([request], holder: statement).first)
                let connection = try await PostgresConnection.connect(
                    to: PostgresConfiguration(url: leased.address.url)
                )
                _ = try await connection.execute(statement)
                if !name.contains("last statement") { await connection.close() }
                let leaks = try await leased.giveBack()
                #expect(leaks == [name])
                await connection.close()
                let next = try #require(try await desk.lease([request], holder: "next").first)
                #expect(try await next.giveBack() == [])
            }
        }
    }

    @Test("of the sessions that processes keep to a copy one stays, and each goes on", .native)
    func sessions() async throws {
        try await ProjectFixture.with("lease-sessions") { project in
            try LeaseKillTests.shop(project)
            try await project.nexenv("up")
            let desk = Self.desk(project)
            // As in two processes, whose tests have the same copy in turn.
            let (one, other) = (PostgresSessions(), PostgresSessions())
            var stayed = 0
            var last: Int?
            for (round, process) in [one, other, one, other, other, other].enumerated() {
                let leased = try #require(try await desk.lease([Self.shop], holder: "\(round)").first)
                #expect(leased.address.database?.hasSuffix("_0") == true)
                let connection = try await process.open(leased)
                let row = try await connection.query("SELECT count(*), pg_backend_pid() FROM item")[0]
                #expect(try row.int(0) == 100)
                try await connection.query("DELETE FROM item")
                if try row.int(1) == last { stayed += 1 }
                last = try row.int(1)
                await process.keep(connection, to: leased)
                #expect(try await leased.giveBack() == [])
                let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(leased.address.database ?? "")'"
                let server = try await PostgresConfiguration(url: project.url("pg"))
                try await eventually("who brings it back and who had it last are logged in to it") {
                    try await PostgresConnection.withConnection(to: server) { try await $0.query(sql)[0].int(0) } == 2
                }
            }
            #expect(stayed == 2)
        }
    }

    @Test(
        "where functions of the database keep something in a session, none stays",
        .native,
        arguments: [
            ("extensions: [dblink]", "dblink_connect('mine', $1)", "dblink_get_connections() IS NOT NULL"),
            ("init: [enter.sql]", "enter($1)", "current_setting('app.tenant', true) IS NOT NULL"),
        ]
    )
    func statefulSession(database: String, call: String, trace: String) async throws {
        try await ProjectFixture.with("lease-stateful") { project in
            let function = "CREATE FUNCTION enter(text) RETURNS text LANGUAGE sql"
            try project.write("enter.sql", function + " AS $$ SELECT set_config('app.tenant', $1, true) $$")
            try project.environment(
                """
                defaults: { durability: none }
                services: { pg: { engine: postgres, databases: { shop: { \(database) } } } }
                """,
                in: .native
            )
            try await project.nexenv("up")
            let desk = Self.desk(project)
            let sessions = PostgresSessions()
            for holder in ["one", "another"] {
                let request = LeaseRequest(engine: "postgres", database: "shop", seeds: .none)
                let leased = try #require(try await desk.lease([request], holder: holder).first)
                let connection = try await sessions.open(leased)
                #expect(try await connection.query("SELECT \(trace)")[0].bool(0) == false)
                try await connection.query("SELECT \(call)", [PostgresValue(leased.address.url)])
                await sessions.keep(connection, to: leased)
                #expect(try await leased.giveBack() == [])
            }
        }
    }

    @Test("a copy that is kept is found by its name, and nobody else gets it before gc", .native)
    func kept() async throws {
        try await ProjectFixture.with("lease-kept") { project in
            try LeaseKillTests.shop(project)
            try await project.nexenv("up")
            let desk = Self.desk(project)
            let leased = try #require(try await desk.lease([Self.shop], holder: "a test that fails").first)
            try await PostgresConnection.withConnection(to: PostgresConfiguration(url: leased.address.url)) {
                try await $0.query("INSERT INTO item (name) VALUES ('evidence')")
            }
            let name = try #require(try await leased.keep())
            let sql = "SELECT name FROM item WHERE name <> 'item'"
            let shown = try await project.nexenv("test", "connect", name, "-c", sql)
            #expect(shown.output.contains("evidence"), "\(shown)")
            let status = try await project.nexenv("test", "status")
            #expect(status.output.contains("nexenv test connect \(name): a test that fails"), "\(status)")

            for _ in 0..<3 {
                let other = try #require(try await desk.lease([Self.shop], holder: "another").first)
                #expect(other.address != leased.address)
                #expect(try await Self.items(other) == 100)
                _ = try await other.giveBack()
            }
            try await project.nexenv("test", "gc")
            let next = try #require(try await desk.lease([Self.shop], holder: "after gc").first)
            #expect(try await Self.items(next) == 100)
            _ = try await next.giveBack()
            let wrong = try await project.nexenv("test", "connect", "nexenv_t_000000000000_1", status: nil)
            #expect(wrong.status != 0 && wrong.error.contains("nexenv test status"), "\(wrong)")
        }
    }

    @Test("a new migration is added to the template that is there", .native)
    func chain() async throws {
        try await ProjectFixture.with("lease-chain") { project in
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg: { engine: postgres, settings: { log_statement: ddl }, databases: { shop: { owner: keeper, migrations: migrations } } }
                seeds: [seeds.yaml]
                """,
                in: .native
            )
            try project.write("seeds.yaml", "sets: { ones: { into: pg.shop.one, key: [n], rows: [{ n: 1 }] } }\n")
            for (number, name) in ["one", "two", "three"].enumerated() {
                try project.write(
                    "migrations/\(number + 1)_\(name).sql",
                    "-- migrate:up\nCREATE TABLE \(name) (n int PRIMARY KEY);\n"
                )
            }
            try await project.nexenv("up")
            let request = LeaseRequest(engine: "postgres", database: "shop", seeds: .all)
            // A process finds out which files there are but once.
            func lease(_ holder: String) async throws -> LeasedDatabase {
                try #require(try await Self.desk(project).lease([request], holder: holder).first)
            }
            func made(_ table: String) async throws -> Int {
                try await project.nexenv("logs", "pg").output.components(separatedBy: "CREATE TABLE \(table) ").count
                    - 1
            }
            _ = try await lease("first").giveBack()
            let before = try await made("one")

            try project.write("migrations/4_four.sql", "-- migrate:up\nCREATE TABLE four (n int PRIMARY KEY);\n")
            let second = try await lease("second")
            let counts = try await PostgresConnection.withConnection(to: PostgresConfiguration(url: second.address.url))
            {
                try await $0.query("SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM four)")[0]
            }
            #expect(try counts.int(0) == 1 && counts.int(1) == 0)
            _ = try await second.giveBack()
            #expect(try await made("one") == before)
            #expect(try await made("four") == 1)

            // A migration that was changed is another beginning.
            try project.write("migrations/2_two.sql", "-- migrate:up\nCREATE TABLE zwei (n int PRIMARY KEY);\n")
            let third = try await lease("third")
            _ = try await PostgresConnection.withConnection(to: PostgresConfiguration(url: third.address.url)) {
                try await $0.query("SELECT FROM zwei, four")
            }
            _ = try await third.giveBack()
            #expect(try await made("one") == before + 1)
        }
    }
}
