import ClientTesting
import Foundation
import PostgresClient
import Testing

/// Copies of databases survive whatever happens to the processes that have them.
@Suite(.waitsForSlots)
struct LeaseKillTests {
    /// How many processes are killed; `NEXENV_LEASE_KILLS` says otherwise.
    private static let kills = ProcessInfo.processInfo.environment["NEXENV_LEASE_KILLS"].flatMap { Int($0) } ?? 60

    static func shop(_ project: ProjectFixture, in place: Place = .native) throws {
        try project.write(
            "shop.sql",
            "CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);"
        )
        try project.write(
            "seeds.yaml",
            """
            sets:
              items:
                into: pg.shop.item
                key: [id]
                generate: { count: 100, fields: { id: !id , name: !gen { template: "item" } } }
            """
        )
        try project.environment(
            """
            defaults: { durability: none }
            services: { pg: { engine: postgres, settings: { log_statement: ddl }, databases: { shop: { owner: keeper, init: [shop.sql] } } } }
            seeds: [seeds.yaml]
            """,
            in: place
        )
    }

    @Test("killed at random moments: nothing leaks, no copy is stuck, nobody sees what isn't there", .native)
    func kills() async throws {
        try await ProjectFixture.with("lease-kills") { project in
            try Self.shop(project)
            // Databases that look like ours, but for a character, are nobody's to touch.
            let lookalikes = [
                "nexenv_t_0123456789ab_x", "nexenv_t_0123456789a", "nexenv_t_0123456789AB_1",
                "xnexenv_t_0123456789ab_1",
            ]
            try await project.nexenv("up")
            try await project.postgres("pg") { connection in
                for name in lookalikes { try await connection.query("CREATE DATABASE \"\(name)\"") }
            }
            let problems = try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(worker))
                        var problems: [String] = []
                        for number in 0..<Self.kills / 4 {
                            let moment = Double.random(in: 0.005...0.25, using: &generator)
                            let run = try await Program.run(
                                Self.probe,
                                [project.folder + "/nexenv.yaml", "1000", "\(worker * 1_000 + number)"],
                                folder: project.folder,
                                environment: project.environment
                            ) { running in
                                try await Task.sleep(for: .seconds(moment))
                                running.send(SIGKILL)
                            }
                            if run.status != 137 { problems.append("\(run)") }
                        }
                        return problems
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(problems == [])

            // Whoever comes next finds all copies as they should be, and has to wait for none.
            let after = try await withThrowingTaskGroup(of: Program.Run.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        try await Program.run(
                            Self.probe,
                            [project.folder + "/nexenv.yaml", "10", "\(worker + 90_000)"],
                            folder: project.folder,
                            environment: project.environment
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for run in after { #expect(run.status == 0 && run.output.hasSuffix("done\n"), "\(run)") }
            let status = try await project.nexenv("test", "status", "--json").json["pools"][0]
            #expect(status["inUse"].elements.isEmpty, "\(status)")
            let ours = try await project.value(
                "SELECT count(*) FROM pg_database WHERE datname ~ '^nexenv_t_[0-9a-f]{12}(_[0-9]+)?$'",
                "pg"
            )
            let slots = status["slots"].number ?? 0
            #expect((Int(ours) ?? 0) <= Int(slots) + 1, "\(ours) databases")
            #expect(
                try await project.value("SELECT count(*) FROM pg_database WHERE datname LIKE 'nexenv\\_scratch%'", "pg")
                    == "0"
            )

            // What nothing can lease any more goes, and nothing else.
            try project.write(
                "shop.sql",
                "CREATE TABLE item (id bigint PRIMARY KEY, name text NOT NULL); CREATE TABLE other (n int);"
            )
            let swept = try await project.nexenv("test", "gc", "--json").json
            #expect(swept["databases"].elements.count == Int(ours), "\(swept)")
            let left = try await project.value(
                "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE datname ~ 'nexenv_t_'",
                "pg"
            )
            #expect(left.split(separator: ",").map(String.init).sorted() == lookalikes.sorted())
        }
    }

    @Test("many processes that ask for the same template at once make it once", .native)
    func builtOnce() async throws {
        try await ProjectFixture.with("lease-once") { project in
            try Self.shop(project)
            try await project.nexenv("up")
            let runs = try await withThrowingTaskGroup(of: Program.Run.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        try await Program.run(
                            Self.probe,
                            [project.folder + "/nexenv.yaml", "1", "\(number)"],
                            folder: project.folder,
                            environment: project.environment
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for run in runs { #expect(run.status == 0, "\(run)") }
            let log = try await project.nexenv("logs", "pg").output
            #expect(log.components(separatedBy: "CREATE DATABASE \"nexenv_scratch_").count == 2, "\(log)")
        }
    }

    /// The program that leases copies as tests do.
    static let probe = (Program.nexenv as NSString).deletingLastPathComponent + "/lease-probe"
}
