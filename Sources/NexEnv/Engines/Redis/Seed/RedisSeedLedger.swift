#if Redis
import Foundation
import RedisClient

/// Which sets were loaded into a logical database, kept there: the hash `nexenv:seeds`.
enum RedisSeedLedger {
    private static let key: RedisArgument = "nexenv:seeds"

    private struct Entry: Codable {
        var fingerprint: String
        var version: String?
        var rows: Int
    }

    static func read(_ connection: RedisConnection) async throws -> [String: SeedLedgerEntry] {
        let words = try await connection.send(["HGETALL", key]).array ?? []
        var entries: [String: SeedLedgerEntry] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            guard let name = words[index].text, let text = words[index + 1].text,
                let entry = try? JSONDecoder().decode(Entry.self, from: Data(text.utf8))
            else { continue }
            entries[name] = SeedLedgerEntry(fingerprint: entry.fingerprint, version: entry.version, rows: entry.rows)
        }
        return entries
    }

    /// Notes sets that are loaded, with the state that the server is in right after the note itself.
    static func write(_ sets: [SeedLoad], _ outcomes: [SeedOutcome], _ connection: RedisConnection) async throws {
        var words: [RedisArgument] = ["HSET", key]
        let version = try await counters(connection).map { $0.text(changes: sets.count) }
        for (load, outcome) in zip(sets, outcomes) {
            let rows = outcome.inserted + outcome.updated + outcome.unchanged
            let entry = Entry(fingerprint: load.fingerprint, version: version, rows: rows)
            words.append(RedisArgument(load.name))
            words.append(RedisArgument(String(decoding: try JSONEncoder().encode(entry), as: UTF8.self)))
        }
        if !sets.isEmpty { try await connection.send(words) }
    }

    /// What changes whenever a key is written, expires or is evicted, in any logical database.
    static func version(_ connection: RedisConnection) async throws -> String? {
        try await counters(connection)?.text(changes: 0)
    }

    private struct Counters {
        var run: String
        var saved: String
        var changes: Int
        var gone: String

        func text(changes more: Int) -> String { "\(run)-\(saved)-\(changes + more)-\(gone)" }
    }

    private static func counters(_ connection: RedisConnection) async throws -> Counters? {
        var values: [Substring: Substring] = [:]
        for line in (try await connection.send(["INFO"]).text ?? "").split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard let run = values["run_id"], let saved = values["rdb_last_save_time"],
            let changes = values["rdb_changes_since_last_save"].flatMap({ Int($0) }),
            let expired = values["expired_keys"], let evicted = values["evicted_keys"]
        else { return nil }
        return Counters(run: String(run), saved: String(saved), changes: changes, gone: "\(expired)-\(evicted)")
    }
}
#endif
