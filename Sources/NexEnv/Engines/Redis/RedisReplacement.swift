#if Redis
import RedisClient

extension Redis: ReplaceableEngine {
    /// Clients that name no database use number 0.
    package var replaceableDatabases: [String?] {
        databaseNames + (databases.contains { $0.value == 0 } ? [] : [nil])
    }

    package func replacement(for database: String?, on server: RunningServer) async throws -> any DatabaseReplacement {
        let number = database.flatMap { name in databases.first { $0.name == name } }?.value ?? 0
        let spare = try await RedisConnection.withConnection(to: configuration(server)) { connection in
            try await takeSpare(besides: number, connection)
        }
        guard let spare else {
            throw NexEnvError(
                .serviceFailed,
                "it has no empty database left in which a new one could be made",
                service: server.service.name,
                database: database,
                hint: "`settings: { databases: … }` gives it more than 16"
            )
        }
        var standIn = self
        standIn.isStandIn = true
        let name = database ?? "0"
        let position = databases.first { $0.name == database }?.position ?? server.service.position
        standIn.databases = [Named(name: name, position: position, value: spare)]
        return RedisReplacement(
            name: name,
            standIn: standIn,
            original: configuration(server, database: number),
            spare: spare,
            number: number
        )
    }

    /// Finds the last logical database that is empty and nobody's, and marks it as ours.
    private func takeSpare(besides number: Int, _ connection: RedisConnection) async throws -> Int? {
        try await removeAbandoned(connection)
        let reply = try await connection.send(["CONFIG", "GET", "databases"]).array ?? []
        let count = reply.last?.text.flatMap { Int($0) } ?? 16
        let declared = Set(databases.map(\.value))
        for candidate in (0..<count).reversed() where candidate != number && !declared.contains(candidate) {
            try await connection.send(["SELECT", RedisArgument(candidate)])
            let claim: [RedisArgument] = ["SET", RedisReplacement.mark, RedisArgument(RedisReplacement.claim), "NX"]
            guard try await connection.send(claim) != .null else { continue }
            if try await connection.send(["DBSIZE"]).int == 1 { return candidate }
            try await connection.send(["DEL", RedisReplacement.mark])
        }
        return nil
    }

    /// Empties the logical databases that runs that were killed have left behind.
    func removeAbandoned(_ connection: RedisConnection) async throws {
        let declared = Set(databases.map(\.value))
        // A line for each database that isn't empty: `db15:keys=2,expires=0,avg_ttl=0`.
        let lines = try await connection.send(["INFO", "keyspace"]).text ?? ""
        for line in lines.split(whereSeparator: \.isNewline) {
            let name = line.prefix { $0 != ":" }
            guard name.hasPrefix("db"), let number = Int(name.dropFirst(2)), !declared.contains(number) else {
                continue
            }
            try await connection.send(["SELECT", RedisArgument(number)])
            guard let claim = try await connection.send(["GET", RedisReplacement.mark]).text,
                RedisReplacement.isDead(claim)
            else { continue }
            try await connection.send(["FLUSHDB", "ASYNC"])
        }
    }
}

/// A logical database that is exchanged with another one.
struct RedisReplacement: DatabaseReplacement {
    /// The key by which a logical database is known to be one; its value says whose.
    static let mark: RedisArgument = "nexenv:reset"

    /// Names this process.
    static let claim = "\(HostIdentity.current)|\(ProcessIdentity.own.pid)|\(ProcessIdentity.own.startTime)"

    /// Whether whoever made a claim ran on this machine, and doesn't run any more.
    static func isDead(_ claim: String) -> Bool {
        let parts = claim.split(separator: "|").map(String.init)
        guard parts.count == 3, parts[0] == HostIdentity.current, let pid = Int32(parts[1]),
            let start = UInt64(parts[2])
        else { return false }
        return !ProcessIdentity(pid: pid, startTime: start).isRunning
    }

    let name: String?
    let standIn: Redis
    /// How to log in to the database in use.
    let original: RedisConfiguration
    let spare: Int
    let number: Int

    var engine: any SeedableEngine { standIn }

    func takeOver() async throws {
        let (spare, number) = (RedisArgument(spare), RedisArgument(number))
        let replies = try await RedisConnection.withConnection(to: original) { connection in
            try await connection.pipeline([
                ["MULTI"], ["SELECT", spare], ["DEL", Self.mark], ["SWAPDB", spare, number], ["FLUSHDB", "ASYNC"],
                ["EXEC"],
            ])
        }
        for case .error(let error) in replies { throw error }
    }

    func discard() async {
        await Task.detached {
            try? await RedisConnection.withConnection(to: original) { connection in
                _ = try await connection.pipeline([["SELECT", RedisArgument(spare)], ["FLUSHDB", "ASYNC"]])
            }
        }.value
    }
}
#endif
