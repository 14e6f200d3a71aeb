import Foundation
import NexEnv
import PostgresClient

// A test's process without a test: leases copies of a database again and again, as processes that are killed do.
//
// It looks whether a copy is as it should be, writes to it, and gives it back. Whatever it finds wrong it says, and ends with 1.
//
//   lease-probe ENVIRONMENT-FILE ROUNDS SEED [ENGINE]
//   lease-probe cleaner FOLDER                            brings copies back for the others
//
// The environment has a database `shop` of that engine with a table `item` of 100 rows; TimescaleDB's is a hypertable.

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "cleaner" { await LeaseCleaner(folder: arguments[2]).run() }
guard arguments.count >= 4, let rounds = Int(arguments[2]), let seed = UInt64(arguments[3]) else { exit(64) }
var options = LeaseDesk.Options()
options.environment = arguments[1]
let desk = LeaseDesk(options)
let engine = arguments.count > 4 ? arguments[4] : "postgres"
let request = LeaseRequest(engine: engine, database: "shop", seeds: .all)
var random = seed
for round in 0..<rounds {
    do {
        guard let leased = try await desk.lease([request], holder: "probe \(seed) \(round)").first else { exit(1) }
        let connection = try await PostgresSessions.ofProcess.open(leased)
        let rows = try await connection.query("SELECT count(*), count(*) FILTER (WHERE name = 'item') FROM item")[0]
        guard try rows.int(0) == 100, try rows.int(1) == 100 else {
            print("\(leased.address.database ?? ""): \(try rows.int(0)) rows, \(try rows.int(1)) as they were")
            exit(1)
        }
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        switch (random >> 33) % 4 {
        case 0 where engine == "timescaledb":
            try await connection.query(
                "INSERT INTO item SELECT timestamptz '2030-01-01' + n * interval '1 day', 'probe' FROM generate_series(1, 5) AS n"
            )
        case 0: try await connection.query("INSERT INTO item (name) SELECT 'probe' FROM generate_series(1, 50)")
        case 1: try await connection.query("UPDATE item SET name = 'probe'")
        case 2: try await connection.query("DELETE FROM item WHERE ctid IN (SELECT ctid FROM item LIMIT 50)")
        default: try await connection.query("CREATE TABLE probe (n int)")
        }
        if (random >> 40) % 3 == 0 { try await connection.query("SELECT pg_sleep(0.01)") }
        await PostgresSessions.ofProcess.keep(connection, to: leased)
        _ = try await leased.giveBack()
    } catch {
        print("\(error)")
        exit(1)
    }
}
print("done")
