import PostgresClient

/// A copy of the template for each test, dropped at its end: statement for statement what pgtestdb 0.1.1 sends.
///
/// Once in a process it looks for the role and the template, each under an advisory lock; that both are there already, and that
/// no migrations have to be hashed, is in its favour.
final class ClonePerTest: Strategy {
    private let stage: Stage
    private let strategy: String
    private var isChecked = false
    private var database = ""

    /// - Parameter strategy: A clause of CREATE DATABASE; pgtestdb has none.
    init(_ stage: Stage, strategy: String) {
        self.stage = stage
        self.strategy = strategy
    }

    func open() async throws -> PostgresConnection {
        let template = try stage.text("template")
        let owner = try stage.text("owner")
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        database = "bench_clone_\(digits)"
        try await PostgresConnection.withConnection(to: stage.administrator()) { admin in
            if !isChecked {
                let role = "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)"
                try await check(admin, lock: 1_936_944_321, role, owner)
                let database = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate = true)"
                try await check(admin, lock: 1_936_944_322, database, template)
                isChecked = true
            }
            let sql = "CREATE DATABASE \"\(database)\" WITH TEMPLATE \"\(template)\" OWNER \"\(owner)\" \(strategy)"
            try await admin.query(sql)
        }
        return try await .connect(to: stage.owner(database))
    }

    private func check(_ admin: PostgresConnection, lock: Int, _ sql: String, _ name: String) async throws {
        try await admin.query("SELECT pg_advisory_lock(\(lock))")
        guard try await admin.query(sql, [PostgresValue(name)])[0].bool(0) else {
            throw BenchError("there is no \(name)")
        }
        try await admin.query("SELECT pg_advisory_unlock(\(lock))")
    }

    func giveBack(_ connection: PostgresConnection, undoing: String) async throws {
        await connection.close()
        try await PostgresConnection.withConnection(to: stage.administrator()) { admin in
            try await admin.query("DROP DATABASE IF EXISTS \"\(database)\"")
        }
    }
}
