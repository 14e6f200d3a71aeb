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

    /// Who brings copies back besides the processes that have them.
    enum Cleaner: CaseIterable {
        case none
        case one
        /// One after the other: each is killed soon.
        case killed

        /// Starts them, one after the other, until the task is cancelled.
        func run(_ project: ProjectFixture) async throws {
            guard self != .none else { return }
            var generator = SeededGenerator(seed: 11)
            let folder = project.folder + "/.nexenv/test"
            while !Task.isCancelled {
                let moment = self == .one ? 3_600 : Double.random(in: 0.05...0.5, using: &generator)
                _ = try await Program.run(
                    LeaseKillTests.probe,
                    ["cleaner", folder],
                    folder: project.folder,
                    environment: project.environment,
                    limit: .seconds(3_600)
                ) { running in
                    try? await Task.sleep(for: .seconds(moment))
                    running.send(SIGKILL)
                }
            }
        }
    }

    @Test(
        "killed at random moments: nothing leaks, no copy is stuck, nobody sees what isn't there",
        .native,
        arguments: Cleaner.allCases
    )
    func kills(_ cleaner: Cleaner) async throws {
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
            // Has a template and copies made, and the folder in which a cleaner listens.
            #expect(try await Self.probe(project, rounds: 1, seed: 80_000).status == 0)
            let cleaners = Task { try await cleaner.run(project) }
            defer { cleaners.cancel() }
            let problems = try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(worker))
                        var problems: [String] = []
                        for number in 0..<Self.kills / 4 {
                            let moment = Double.random(in: 0.005...0.25, using: &generator)
                            let seed = worker * 1_000 + number
                            let run = try await Self.probe(project, rounds: 1_000, seed: seed) { running in
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
                    group.addTask { try await Self.probe(project, rounds: 10, seed: worker + 90_000) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for run in after { #expect(run.status == 0 && run.output.hasSuffix("done\n"), "\(run)") }
            // Only a cleaner is still logged in to copies when the processes that had them have ended.
            let loggedIn = "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'nexenv test'"
            if cleaner != .killed {
                #expect(try await project.value(loggedIn, "pg") == (cleaner == .one ? "t" : "f"))
            }
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
                    group.addTask { try await Self.probe(project, rounds: 1, seed: number) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for run in runs { #expect(run.status == 0, "\(run)") }
            let log = try await project.nexenv("logs", "pg").output
            #expect(log.components(separatedBy: "CREATE DATABASE \"nexenv_scratch_").count == 2, "\(log)")
        }
    }

    /// Runs a process that leases copies as tests do.
    private static func probe(
        _ project: ProjectFixture,
        rounds: Int,
        seed: Int,
        while body: @escaping @Sendable (Program.Running) async throws -> Void = { _ in }
    ) async throws -> Program.Run {
        try await Program.run(
            probe,
            [project.folder + "/nexenv.yaml", "\(rounds)", "\(seed)"],
            folder: project.folder,
            // One that is killed before it is ours to say would leave libmongoc's counters in memory.
            environment: project.environment.merging(["MONGOC_DISABLE_SHM": "1"]) { $1 },
            limit: .seconds(120),
            body
        )
    }

    /// The program that leases copies as tests do.
    static let probe = (Program.nexenv as NSString).deletingLastPathComponent + "/lease-probe"
}
