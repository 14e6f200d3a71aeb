import NexEnv

/// All contenders by name, and what those in one process share.
struct Contenders: Sendable {
    private let stage: Stage
    private let desk: LeaseDesk

    init(_ stage: Stage) throws {
        self.stage = stage
        var options = LeaseDesk.Options()
        options.environment = try stage.text("environment")
        desk = LeaseDesk(options)
    }

    func make(_ name: String) throws -> any Contender {
        switch name {
        case "bare": PostgresContender(try CanaryTables(stage), BareConnect(stage), isReadOnly: true)
        case "rollback": PostgresContender(try CanaryTables(stage), TransactionRollback(stage))
        case "clone": PostgresContender(try CanaryTables(stage), ClonePerTest(stage, strategy: ""))
        case "file-copy":
            PostgresContender(try CanaryTables(stage), ClonePerTest(stage, strategy: "STRATEGY FILE_COPY"))
        case "pool-table": PostgresContender(try CanaryTables(stage), PoolTable(stage))
        case "nexenv": PostgresContender(try CanaryTables(stage), NexenvLease(stage, desk))
        #if MongoDB && Redis
        case "engines": try SeveralEngines(stage, desk)
        case "bare-engines": try SeveralEngines(stage, nil)
        #endif
        default: throw BenchError("there is no contender \(name)")
        }
    }
}
