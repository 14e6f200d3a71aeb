#if Redis
import RedisClient

/// Logical databases that are emptied and filled again after each test, by one script on the server.
struct RedisSlots: SlotKeeper {
    private let source: LeaseSource
    private let numbers: [Int]

    init(_ source: LeaseSource) {
        self.source = source
        numbers = Self.numbers(of: source)
    }

    /// The template's logical database, and behind it those of its copies.
    static func numbers(of source: LeaseSource) -> [Int] {
        RedisLeaseNumbers.numbers(source.details["numbers"] ?? "")
    }

    private func number(_ slot: Int) -> Int { numbers[slot + 1] }

    func address(of slot: Int) -> DatabaseAddress {
        DatabaseAddress(
            scheme: "redis",
            endpoint: source.endpoint,
            user: source.user,
            password: source.password,
            database: "\(number(slot))"
        )
    }

    func make(_ slot: Int) async throws -> SlotState {
        try await RedisConnection.withConnection(to: configuration) { try await fill(slot, $0) }
        return SlotState()
    }

    func clean(_ slot: Int, _ state: SlotState) async throws -> Cleaning {
        var cleaning = Cleaning(state)
        cleaning.leaks = try await RedisConnection.withConnection(to: configuration) { connection in
            let leaks = try await endSessions(slot, connection)
            try await fill(slot, connection)
            return leaks
        }
        return cleaning
    }

    /// Empties a copy and copies every key of the template into it, with its time to live.
    private func fill(_ slot: Int, _ connection: RedisConnection) async throws {
        let script = """
            redis.call('SELECT', ARGV[1])
            if redis.call('HGET', KEYS[1], 'whole') ~= ARGV[3] then return 0 end
            redis.call('SELECT', ARGV[2])
            redis.call('FLUSHDB')
            redis.call('SELECT', ARGV[1])
            for _, key in ipairs(redis.call('KEYS', '*')) do
                if key ~= KEYS[1] then redis.call('COPY', key, key, 'DB', ARGV[2]) end
            end
            return 1
            """
        let reply = try await connection.send([
            "EVAL", RedisArgument(script), "1", RedisLeaseNumbers.mark, RedisArgument(numbers[0]),
            RedisArgument(number(slot)), RedisArgument(source.digest),
        ])
        guard reply.int == 1 else {
            throw NexEnvError(
                .serviceFailed,
                "the template of its copies is gone: something has emptied all databases (FLUSHALL)",
                service: source.place.service,
                database: source.place.database,
                hint: "tests may empty their own database only, by FLUSHDB; `nexenv test gc` clears up"
            )
        }
    }

    /// Waits until the test's connections are closed, and closes those that aren't.
    private func endSessions(_ slot: Int, _ connection: RedisConnection) async throws -> [String] {
        let database = " db=\(number(slot)) "
        var leaks: [String] = []
        for round in 0..<200 {
            let clients = (try await connection.send(["CLIENT", "LIST"]).text ?? "").split(separator: "\n").filter {
                $0.contains(database)
            }
            if clients.isEmpty { break }
            if round == 50 {
                for client in clients {
                    let fields = client.split(separator: " ")
                    func field(_ name: String) -> Substring {
                        fields.first { $0.hasPrefix(name) }?.dropFirst(name.count) ?? ""
                    }
                    let what = field("sub=") == "0" && field("psub=") == "0" ? "an open connection" : "a subscription"
                    leaks.append("\(what) (last command: \(field("cmd=")))")
                    _ = try? await connection.send(["CLIENT", "KILL", "ID", RedisArgument(String(field("id=")))])
                }
            }
            try await Task.sleep(for: .milliseconds(round < 10 ? 1 : 4))
        }
        return leaks
    }

    private var configuration: RedisConfiguration {
        RedisConfiguration(
            host: source.endpoint.host,
            port: source.endpoint.port,
            username: source.administrator,
            password: source.administratorPassword,
            database: numbers[0]
        )
    }
}
#endif
