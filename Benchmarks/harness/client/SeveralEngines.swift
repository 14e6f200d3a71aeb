#if MongoDB && Redis
import MongoClient
import NexEnv
import PostgresClient
import RedisClient

/// A database of each engine in one lease; without a desk the floor: logging in to the same servers, and writing nothing.
final class SeveralEngines: Contender {
    private let stage: Stage
    private let desk: LeaseDesk?
    private let tables: CanaryTables
    private let engines: [String]
    private var leased: [LeasedDatabase] = []
    private var sql: [PostgresConnection] = []
    private var mongo: MongoConnection?
    private var mongoDatabase = ""
    private var redis: RedisConnection?

    init(_ stage: Stage, _ desk: LeaseDesk?) throws {
        self.stage = stage
        self.desk = desk
        tables = try CanaryTables(stage)
        engines = try stage.list("engines")
    }

    func get(_ life: Life) async throws {
        var urls: [String] = []
        if let desk {
            leased = try await desk.lease(engines.map { Preparation.request(of: $0) }, holder: "lease-bench")
            urls = leased.map(\.address.url)
        } else {
            urls = try engines.map { try stage.text("bare_\($0)") }
        }
        for (engine, url) in zip(engines, urls) {
            switch engine {
            case "mongodb": try await connectMongo(url)
            case "redis": try await connectRedis(url)
            default:
                let connection = try await PostgresConnection.connect(to: PostgresConfiguration(url: url))
                sql.append(connection)
                try tables.checkFirst(try await connection.query(tables.first(life)))
            }
        }
    }

    private func connectMongo(_ url: String) async throws {
        let connection = try await MongoConnection.connect(to: MongoConfiguration(url: url))
        mongo = connection
        mongoDatabase = String(url.split(separator: "/").last?.split(separator: "?").first ?? "")
        try await checkMongo(Preparation.documents)
    }

    private func checkMongo(_ wanted: Int) async throws {
        let found = try await mongo?.run(["count": "profile"], in: mongoDatabase)["n"]?.int
        guard found == wanted else { throw BenchError("a test found \(found ?? 0) documents in place of \(wanted)") }
    }

    private func connectRedis(_ url: String) async throws {
        redis = try await RedisConnection.connect(to: RedisConfiguration(url: url))
        try await checkRedis(Preparation.keys)
    }

    private func checkRedis(_ wanted: Int) async throws {
        let found = try await redis?.send(["DBSIZE"]).int
        guard found == wanted else { throw BenchError("a test found \(found ?? 0) keys in place of \(wanted)") }
    }

    func use(_ life: Life) async throws {
        let writes = desk != nil
        for connection in sql {
            if writes { _ = try await connection.execute(tables.write(life)) }
            try tables.check(try await connection.query(tables.look(life)), hasWritten: writes)
        }
        if let mongo {
            let document: BSONDocument = ["email": .string(life.name), "age": 40]
            if writes { try await mongo.insert([document], into: "profile", in: mongoDatabase) }
            try await checkMongo(Preparation.documents + (writes ? 1 : 0))
        }
        if let redis {
            if writes { try await redis.send(["SET", RedisArgument(life.name), "x"]) }
            try await checkRedis(Preparation.keys + (writes ? 1 : 0))
        }
    }

    func giveBack(_ life: Life) async throws {
        for connection in sql {
            if desk == nil { await connection.close() } else { await connection.closeAndWait() }
        }
        await mongo?.close()
        await redis?.close()
        (sql, mongo, redis) = ([], nil, nil)
        for database in leased {
            let leaks = try await database.giveBack()
            guard leaks.isEmpty else { throw BenchError("a test is said to have left something: \(leaks)") }
        }
        leased = []
    }

    func end() async {}
}
#endif
