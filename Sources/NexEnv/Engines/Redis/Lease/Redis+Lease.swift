#if Redis
import RedisClient

/// Tests get logical databases that are filled from another one.
extension Redis: LeasableEngine {
    package var forTests: Redis {
        var engine = self
        // Each template takes a logical database, and each copy one; an empty one costs next to nothing.
        if !settings.contains(where: { $0.name == "databases" }),
            let position = databases.first?.position ?? configuration?.position
        {
            engine.settings.append(Named(name: "databases", position: position, value: "256"))
        }
        return engine
    }

    package func leaseInputs(of database: String?) -> (files: [ResourcePath], folders: [ResourcePath], words: String) {
        ([], [], "")
    }

    package func leaseSource(of database: String?, digest: String, on server: RunningServer) async throws -> LeaseSource
    {
        let numbers = try await RedisConnection.withConnection(to: configuration(server)) { connection in
            try await RedisLeaseNumbers(declared: Set(databases.map(\.value)), connection).numbers(digest)
        }
        guard numbers.count > 1 else {
            throw NexEnvError(
                .serviceFailed,
                "it has too few logical databases for copies",
                service: server.service.name,
                hint: "`settings: { databases: 256 }` gives it more, and `nexenv test gc` frees those of old templates"
            )
        }
        return LeaseSource(
            of: database,
            Self.name,
            on: server,
            user: login,
            administrator: login,
            digest: digest,
            slots: numbers.count - 1,
            details: ["numbers": RedisLeaseNumbers.text(numbers)]
        )
    }

    package func hasTemplate(_ source: LeaseSource, folder: String, on server: RunningServer) async throws -> Bool {
        guard let number = RedisSlots.numbers(of: source).first else { return false }
        return try await RedisConnection.withConnection(to: configuration(server, database: number)) { connection in
            try await connection.send(["HGET", RedisLeaseNumbers.mark, "whole"]).text == source.digest
        }
    }

    package func seal(
        _ replacement: any DatabaseReplacement,
        as source: LeaseSource,
        folder: String,
        on server: RunningServer
    ) async throws {
        guard let replacement = replacement as? RedisReplacement, let number = RedisSlots.numbers(of: source).first
        else {
            return
        }
        // The mark says that the template is whole, so it comes in the same transaction.
        let replies = try await RedisConnection.withConnection(to: configuration(server, database: number)) {
            connection in
            try await connection.pipeline([
                ["MULTI"], ["FLUSHDB"], ["SWAPDB", RedisArgument(replacement.spare), RedisArgument(number)],
                ["DEL", RedisReplacement.mark], ["DEL", "nexenv:seeds"],
                [
                    "HSET", RedisLeaseNumbers.mark, "digest", RedisArgument(source.digest), "whole",
                    RedisArgument(source.digest), "numbers", RedisArgument(source.details["numbers"] ?? ""),
                ],
                ["EXEC"],
            ])
        }
        for case .error(let error) in replies { throw error }
    }

    package func leaseNames(on server: RunningServer) async throws -> [LeaseName] {
        try await RedisConnection.withConnection(to: configuration(server)) { connection in
            try await RedisLeaseNumbers(declared: Set(databases.map(\.value)), connection).pools().map {
                LeaseName(digest: $0.digest)
            }
        }
    }

    package func remove(_ name: LeaseName, on server: RunningServer) async throws {
        try await RedisConnection.withConnection(to: configuration(server)) { connection in
            let pools = try await RedisLeaseNumbers(declared: Set(databases.map(\.value)), connection).pools()
            // The template goes last: it says which the others are.
            for number in pools.filter({ $0.digest == name.digest }).flatMap({ $0.numbers.reversed() }) {
                _ = try await connection.pipeline([["SELECT", RedisArgument(number)], ["FLUSHDB"]])
            }
        }
    }

    package static func keeper(of source: LeaseSource, folder: String) throws -> any SlotKeeper { RedisSlots(source) }
}

/// Which logical databases are those of a template and its copies.
///
/// The template's own says it, in a key: so the server itself knows which are taken.
struct RedisLeaseNumbers {
    static let mark: RedisArgument = "nexenv:template"

    /// A template with its copies.
    struct Pool: Sendable {
        var digest: String
        /// The template's number, and behind it those of the copies.
        var numbers: [Int]
    }

    private let declared: Set<Int>
    private let connection: RedisConnection

    init(declared: Set<Int>, _ connection: RedisConnection) {
        self.declared = declared.union([0])
        self.connection = connection
    }

    /// Returns the numbers of a template and its copies, the template's first; the same as before where it has some.
    func numbers(_ digest: String) async throws -> [Int] {
        let pools = try await pools()
        if let mine = pools.first(where: { $0.digest == digest }) { return mine.numbers }
        let reply = try await connection.send(["CONFIG", "GET", "databases"]).array ?? []
        let count = reply.last?.text.flatMap { Int($0) } ?? 16
        let taken = Set(pools.flatMap(\.numbers)).union(try await filled()).union(declared)
        let free = (0..<count).reversed().filter { !taken.contains($0) }
        // Half of what is left, so that other templates find room.
        let wanted = try min(LeaseBudget.slots(ofConnections: .max / 2), max(1, (free.count - 1) / 2)) + 1
        let numbers = Array(free.prefix(wanted))
        guard let first = numbers.first else { return [] }
        _ = try await connection.pipeline([
            ["SELECT", RedisArgument(first)],
            ["HSET", Self.mark, "digest", RedisArgument(digest), "numbers", RedisArgument(Self.text(numbers))],
        ])
        return numbers
    }

    /// The templates that are there, whole or not.
    func pools() async throws -> [Pool] {
        var pools: [Pool] = []
        for number in try await filled() where !declared.contains(number) {
            _ = try await connection.send(["SELECT", RedisArgument(number)])
            guard try await connection.send(["TYPE", Self.mark]).text == "hash",
                let digest = try await connection.send(["HGET", Self.mark, "digest"]).text,
                let numbers = try await connection.send(["HGET", Self.mark, "numbers"]).text
            else { continue }
            pools.append(Pool(digest: digest, numbers: Self.numbers(numbers)))
        }
        return pools
    }

    static func text(_ numbers: [Int]) -> String { numbers.map { "\($0)" }.joined(separator: ",") }
    static func numbers(_ text: String) -> [Int] { text.split(separator: ",").compactMap { Int($0) } }

    /// The databases that have keys, as `INFO keyspace` lists them.
    private func filled() async throws -> [Int] {
        let lines = try await connection.send(["INFO", "keyspace"]).text ?? ""
        return lines.split(whereSeparator: \.isNewline).compactMap { line in
            let name = line.prefix { $0 != ":" }
            return name.hasPrefix("db") ? Int(name.dropFirst(2)) : nil
        }
    }
}
#endif
