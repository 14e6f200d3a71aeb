import NexEnv
import PostgresClient

/// Looks at every table of every copy: whatever was measured, nothing may have been left anywhere.
struct CopyCheck: Sendable {
    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() async throws {
        var options = LeaseDesk.Options()
        options.environment = try stage.text("environment")
        let desk = LeaseDesk(options)
        let request = Preparation.request(of: try stage.list("engines")[0])
        let tables = try CanaryTables(stage)
        var copies: [LeasedDatabase] = []
        for _ in 0..<(try stage.number("slots")) {
            copies += try await desk.lease([request], holder: "lease-bench check")
        }
        for copy in copies {
            let rows = try await PostgresConnection.withConnection(to: PostgresConfiguration(copy.address)) {
                try await $0.query(tables.all)
            }
            try tables.check(rows, hasWritten: false)
            _ = try await copy.giveBack()
        }
        print("checked \(copies.count)")
    }
}
