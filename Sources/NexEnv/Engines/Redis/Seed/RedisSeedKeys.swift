#if Redis
import RedisClient
import Synchronization

/// One set on its way into its logical database.
struct RedisSeedKeys {
    private let load: SeedLoad
    private let options: SeedOptions
    private let connection: RedisConnection
    private let start = ContinuousClock.now
    private var outcome: SeedOutcome

    private static let batchSize = 5_000

    init(_ load: SeedLoad, _ options: SeedOptions, _ connection: RedisConnection) {
        self.load = load
        self.options = options
        self.connection = connection
        outcome = SeedOutcome(set: load.name, target: load.set.target.written)
    }

    /// The keys that the set has added and that go when it no longer has them.
    private var ownKeys: RedisArgument { RedisArgument("nexenv:seed-keys:\(load.name)") }

    mutating func fill() async throws -> SeedOutcome {
        let isEmpty = try await connection.send(["DBSIZE"]).int == 0
        var done = 0
        var kept: Set<String> = []
        for batch in load.rows.batches {
            try await batch.forEachPart(of: Self.batchSize) { rows, first in
                var entries: [RedisSeedEntry] = []
                for (index, fields) in rows.enumerated() {
                    entries.append(try entry(fields) { batch.origin(of: first + index) })
                }
                try await write(entries, isEmpty: isEmpty, batch, first)
                if load.set.mode == .sync { kept.formUnion(entries.map(\.key)) }
                done += rows.count
                options.report(.rows(set: load.name, done: done, total: load.rows.count))
            }
        }
        if load.set.mode == .sync { try await removeOthers(than: kept) }
        outcome.unchanged = done - outcome.inserted - outcome.updated
        outcome.seconds = (ContinuousClock.now - start).seconds
        return outcome
    }

    private func entry(_ fields: [SeedValue.Field], _ origin: () -> SeedOrigin) throws -> RedisSeedEntry {
        do {
            return try RedisSeedEntry(fields)
        } catch {
            throw problem(error.message, origin())
        }
    }

    private mutating func write(
        _ entries: [RedisSeedEntry],
        isEmpty: Bool,
        _ batch: SeedBatch,
        _ first: Int
    ) async throws {
        var wanted: [(row: Int, entry: RedisSeedEntry, isNew: Bool)] = []
        if isEmpty {
            wanted = entries.enumerated().map { (first + $0, $1, true) }
        } else {
            let replies = try await connection.pipeline(entries.map(\.reading))
            for (index, entry) in entries.enumerated() {
                switch entry.state(replies[index]) {
                case .missing: wanted.append((first + index, entry, true))
                case .different: if load.set.mode != .ensure { wanted.append((first + index, entry, false)) }
                case .same: break
                }
            }
        }
        outcome.inserted += wanted.count { $0.isNew }
        outcome.updated += wanted.count { !$0.isNew }
        guard !options.isPlan, !wanted.isEmpty else { return }
        let commands = wanted.flatMap { item in item.entry.commands(isNew: item.isNew).map { (item.row, $0) } }
        let failure = Mutex<(row: Int, error: RedisError)?>(nil)
        try await connection.pipeline(commands.map(\.1)) { index, reply in
            guard let error = reply.firstError else { return }
            failure.withLock { $0 = $0 ?? (commands[index].0, error) }
        }
        if let (row, error) = failure.withLock({ $0 }) { throw problem(error.message, batch.origin(of: row)) }
        guard load.set.mode == .sync else { return }
        let added = wanted.filter(\.isNew).map { RedisArgument($0.entry.key) }
        if !added.isEmpty { try await connection.send(["SADD", ownKeys] + added) }
    }

    /// Removes the keys that the set has added before and no longer has.
    private mutating func removeOthers(than kept: Set<String>) async throws {
        let own = try await connection.send(["SMEMBERS", ownKeys]).array?.compactMap(\.text) ?? []
        let gone = own.filter { !kept.contains($0) }.map { RedisArgument($0) }
        guard !gone.isEmpty else { return }
        if options.isPlan {
            outcome.deleted = try await connection.send(["EXISTS"] + gone).int ?? 0
        } else {
            outcome.deleted = try await connection.send(["UNLINK"] + gone).int ?? 0
            try await connection.send(["SREM", ownKeys] + gone)
        }
    }

    private func problem(_ reason: String, _ origin: SeedOrigin) -> Diagnostics {
        let message = "\(load.name)\(origin.name): \(reason)"
        return Diagnostics([Diagnostic(.seed, message, at: origin.position ?? load.position)], exitStatus: .dataError)
    }
}

extension RedisReply {
    /// The error of a command, or the first of a transaction's.
    fileprivate var firstError: RedisError? {
        switch self {
        case .error(let error): error
        case .array(let replies): replies.lazy.compactMap(\.firstError).first
        default: nil
        }
    }
}
#endif
