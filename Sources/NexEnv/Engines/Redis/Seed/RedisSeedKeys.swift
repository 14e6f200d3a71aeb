#if Redis
import RedisClient

/// One set on its way into its logical database.
struct RedisSeedKeys {
    private let load: SeedLoad
    private let options: SeedOptions
    private let connection: RedisConnection
    private let start = ContinuousClock.now
    private(set) var outcome: SeedOutcome

    private static let batchSize = 20_000

    init(_ load: SeedLoad, _ options: SeedOptions, _ connection: RedisConnection) {
        self.load = load
        self.options = options
        self.connection = connection
        outcome = SeedOutcome(set: load.name, target: load.set.target.written)
    }

    /// The keys that the set has added and that go when it no longer has them.
    private var ownKeys: RedisArgument { RedisArgument("nexenv:seed-keys:\(load.name)") }

    /// Some keys on their way.
    fileprivate struct Part: Sendable {
        var entries: [RedisSeedEntry] = []
        /// What makes them, where all are new, and how many commands there are up to each of them.
        var commands = RedisCommands()
        var ends: [Int] = []
    }

    mutating func fill() async throws -> SeedOutcome {
        let isEmpty = try await connection.send(["DBSIZE"]).int == 0
        let limits = isEmpty ? try await RedisHashLimits.of(connection) : nil
        let needsEntries = !isEmpty || load.set.mode == .sync
        var done = 0
        var kept: Set<String> = []
        for batch in load.rows.batches {
            let name = load.name
            let place = load.position
            let columns = RedisSeedRecord.Columns(batch.columns)
            try await batch.forEachPart(of: Self.batchSize) { rows in
                var part = Part(commands: RedisCommands(limits))
                try rows.forEach { row in
                    if !needsEntries, let record = row.record, part.append(record, columns) { return }
                    let fields = try row.fields()
                    do throws(SeedValueError) {
                        let entry = try RedisSeedEntry(fields)
                        if needsEntries { part.entries.append(entry) }
                        if isEmpty { part.append(entry, isNew: true) }
                    } catch {
                        throw Self.problem(error.message, batch.origin(of: row.number), name, place)
                    }
                }
                part.commands.finish()
                return part
            } send: { part, rows in
                let sent = try await isEmpty ? add(part, rows) : write(part.entries, rows)
                outcome.inserted += sent.inserted
                outcome.updated += sent.updated
                kept.formUnion(sent.keys)
                done += rows.count
                if let (row, error) = sent.refusal {
                    throw Self.problem(error.message, batch.origin(of: row), name, place)
                }
                options.report(.rows(set: load.name, done: done, total: load.rows.count))
            }
        }
        if load.set.mode == .sync { try await removeOthers(than: kept) }
        outcome.unchanged = done - outcome.inserted - outcome.updated
        outcome.seconds = (ContinuousClock.now - start).seconds
        return outcome
    }

    /// What became of a part.
    private struct Sent: Sendable {
        var inserted = 0
        var updated = 0
        /// The row that the server refuses.
        var refusal: (row: Int, error: RedisError)?
        /// The keys, where the set removes those that it no longer has.
        var keys: [String] = []
    }

    /// Writes keys into a database that had none.
    private func add(_ part: Part, _ rows: Range<Int>) async throws -> Sent {
        var sent = Sent(inserted: rows.count, keys: keys(of: part.entries))
        guard !options.isPlan else { return sent }
        sent.refusal = try await send(part) { rows.lowerBound + $0 }
        try await noteAdded(part.entries)
        return sent
    }

    /// Writes keys that are missing or differ.
    private func write(_ entries: [RedisSeedEntry], _ rows: Range<Int>) async throws -> Sent {
        let replies = try await connection.pipeline(entries.map(\.reading))
        var part = Part()
        var numbers: [Int] = []
        var added: [RedisSeedEntry] = []
        for (index, entry) in entries.enumerated() {
            let state = entry.state(replies[index])
            guard state == .missing || (state == .different && load.set.mode != .ensure) else { continue }
            part.append(entry, isNew: state == .missing)
            numbers.append(rows.lowerBound + index)
            if state == .missing { added.append(entry) }
        }
        part.commands.finish()
        var sent = Sent(inserted: added.count, updated: numbers.count - added.count, keys: keys(of: entries))
        guard !options.isPlan else { return sent }
        sent.refusal = try await send(part) { numbers[$0] }
        try await noteAdded(added)
        return sent
    }

    private func send(_ part: Part, row: (Int) -> Int) async throws -> (row: Int, error: RedisError)? {
        guard part.commands.count > 0, let refusal = try await connection.run(part.commands).first else { return nil }
        return (row(part.ends.firstIndex { refusal.index < $0 } ?? 0), refusal.error)
    }

    private func keys(of entries: [RedisSeedEntry]) -> [String] {
        load.set.mode == .sync ? entries.map(\.key) : []
    }

    private func noteAdded(_ entries: [RedisSeedEntry]) async throws {
        guard load.set.mode == .sync, !entries.isEmpty else { return }
        try await connection.send(["SADD", ownKeys] + entries.map { RedisArgument($0.key) })
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

    private static func problem(
        _ reason: String,
        _ origin: SeedOrigin,
        _ name: String,
        _ place: SourcePosition
    ) -> Diagnostics {
        let message = "\(name)\(origin.name): \(reason)"
        return Diagnostics([Diagnostic(.seed, message, at: origin.position ?? place)], exitStatus: .dataError)
    }
}

extension RedisSeedKeys.Part {
    fileprivate mutating func append(_ entry: RedisSeedEntry, isNew: Bool) {
        entry.append(to: &commands, isNew: isNew)
        ends.append(commands.count)
    }

    /// Appends a record without making values of it; returns false where that takes more than copying.
    fileprivate mutating func append(_ record: SeedRawRecord, _ columns: RedisSeedRecord.Columns?) -> Bool {
        guard RedisSeedRecord.append(record, columns, to: &commands) else { return false }
        ends.append(commands.count)
        return true
    }
}
#endif
