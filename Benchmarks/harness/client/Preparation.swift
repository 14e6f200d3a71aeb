import Foundation
import NexEnv
import PostgresClient

/// Makes everything before the clock runs: the template, all its copies, and what the rivals use.
struct Preparation: Sendable {
    let environment: String
    /// The first has the tables that are written to.
    let engines: [String]
    let tables: Int
    let rows: Int
    let writes: String

    /// The database that everybody shares.
    static let shared = "bench_shared"
    /// The database with the table of a pool.
    static let poolTable = "bench_pool"

    /// What MongoDB's and Redis's templates have.
    static let documents = 20
    static let keys = 10

    static func request(of engine: String) -> LeaseRequest {
        let databases = ["postgres": "shop", "timescaledb": "series", "mongodb": "nexus", "redis": "cache"]
        return LeaseRequest(engine: engine, database: databases[engine], seeds: .all)
    }

    func run(writing path: String) async throws {
        var options = LeaseDesk.Options()
        options.environment = environment
        let desk = LeaseDesk(options)
        var lines = ["environment=\(environment)", "engines=\(engines.joined(separator: ","))"]
        lines += ["tables=\(tables)", "rows=\(rows)", "writes=\(writes)"]
        for engine in engines {
            let copies = try await makeAll(engine, desk)
            lines.append("bare_\(engine)=\(copies[0].address.url)")
            guard engine == engines[0] else { continue }
            let source = copies[0].source
            let template = LeaseName(digest: source.digest).text
            lines += [
                "host=\(source.endpoint.host)", "port=\(source.endpoint.port)", "owner=\(source.user)",
                "owner_password=\(source.password)", "admin=\(source.administrator)",
                "admin_password=\(source.administratorPassword)", "template=\(template)", "slots=\(copies.count)",
                "pid=\(source.process?.pid ?? 0)",
            ]
        }
        try write(lines, path)
        try await rivals(Stage(file: path))
        let stage = try Stage(file: path)
        let server = try await PostgresConnection.withConnection(to: stage.administrator()) { admin in
            try await facts(admin, of: stage.text("template"))
        }
        try write(lines + server, path)
    }

    private func write(_ lines: [String], _ path: String) throws {
        try PrivateFile.write(lines.joined(separator: "\n") + "\n", to: path)
    }

    /// Leases every copy at once, so that all are there.
    private func makeAll(_ engine: String, _ desk: LeaseDesk) async throws -> [LeasedDatabase] {
        var copies: [LeasedDatabase] = []
        repeat {
            copies += try await desk.lease([Self.request(of: engine)], holder: "lease-bench prepare")
        } while copies.count < copies[0].source.slots
        for copy in copies { _ = try await copy.giveBack() }
        return copies
    }

    /// Makes the shared database, and a pool of as many copies as nexenv has.
    private func rivals(_ stage: Stage) async throws {
        let (template, owner) = (try stage.text("template"), try stage.text("owner"))
        let names = (0..<(try stage.number("slots"))).map { "bench_pool_\($0 + 10)" }
        try await PostgresConnection.withConnection(to: stage.administrator()) { admin in
            for name in names + [Self.shared] {
                try await admin.query("DROP DATABASE IF EXISTS \(name)")
                try await admin.query("CREATE DATABASE \(name) TEMPLATE \(template) OWNER \(owner)")
            }
            try await admin.query("DROP DATABASE IF EXISTS \(Self.poolTable)")
            try await admin.query("CREATE DATABASE \(Self.poolTable) OWNER \(owner)")
        }
        try await PostgresConnection.withConnection(to: stage.owner(Self.poolTable)) { connection in
            try await connection.query(
                "CREATE TABLE pool (name text PRIMARY KEY, is_taken bool NOT NULL DEFAULT false)"
            )
            try await connection.query("INSERT INTO pool SELECT unnest($1::text[])", [PostgresValue(names)])
        }
    }

    /// What the server is, for those who read the figures.
    private func facts(_ admin: PostgresConnection, of template: String) async throws -> [String] {
        var lines: [String] = []
        let settings = [
            "server_version", "fsync", "full_page_writes", "synchronous_commit", "wal_level", "autovacuum",
            "shared_buffers", "max_connections",
        ]
        for name in settings {
            lines.append("server.\(name)=\(try await admin.query("SHOW \(name)")[0].string(0))")
        }
        let size = try await admin.query("SELECT pg_database_size($1)", [PostgresValue(template)])[0].string(0)
        let log = "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules WHERE type = 'host'"
        lines.append("server.template_bytes=\(size)")
        lines.append("server.authentication=\(try await admin.query(log)[0].string(0))")
        return lines
    }
}
