import Foundation
import Testing

/// Databases with hypertables are copied like others, which their workers would be in the way of (timescaledb#9080).
@Suite(.waitsForSlots)
struct TimescaleLeaseTests {
    /// How many leases there are; `NEXENV_LEASE_ROUNDS` says otherwise.
    private static let leases = ProcessInfo.processInfo.environment["NEXENV_LEASE_ROUNDS"].flatMap { Int($0) } ?? 80

    @Test("many processes at once: no copy is refused, and no scheduler runs for one", .docker)
    func parallel() async throws {
        try await ProjectFixture.with("lease-hyper") { project in
            try project.write(
                "shop.sql",
                """
                CREATE TABLE item (at timestamptz NOT NULL, name text NOT NULL);
                SELECT create_hypertable('item', 'at', chunk_time_interval => interval '1 day');
                INSERT INTO item SELECT '2026-01-01'::timestamptz + n * interval '1 hour', 'item' FROM generate_series(1, 100) AS n;
                """
            )
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  ts: { engine: timescaledb, version: 2.19.3-pg17, databases: { shop: { owner: keeper, init: [shop.sql] } } }
                """,
                in: .docker
            )
            try await project.nexenv("up")
            let runs = try await withThrowingTaskGroup(of: Program.Run.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await Program.run(
                            LeaseKillTests.probe,
                            [project.folder + "/nexenv.yaml", "\(Self.leases / 8)", "\(number)", "timescaledb"],
                            folder: project.folder,
                            environment: project.environment,
                            limit: .seconds(600)
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for run in runs { #expect(run.status == 0 && run.output == "done\n", "\(run)") }
            let log = try await project.nexenv("logs", "ts").output
            #expect(!log.contains("is being accessed by other users"), "\(log)")
            // The declared database has its scheduler, and jobs of it may run.
            let workers = "backend_type LIKE 'TimescaleDB%' AND datname LIKE 'nexenv\\_t\\_%'"
            #expect(try await project.value("SELECT count(*) FROM pg_stat_activity WHERE \(workers)", "ts") == "0")
            let summary = try await project.nexenv("test", "status", "--json").json["leases"]
            #expect(summary["leases"].number == Self.leases / 8 * 8)
            print("TimescaleDB: \(summary["made"].number ?? -1) of \(Self.leases) copies made anew")
        }
    }
}
