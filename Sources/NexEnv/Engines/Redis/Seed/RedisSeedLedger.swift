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
        let version = try await counters(connection)?.text(writes: 1)
        let rows = outcomes.map { $0.inserted + $0.updated + $0.unchanged }
        try await write(zip(sets, rows).map { ($0, $1) }, version: version, connection)
    }

    /// Notes sets in one command.
    static func write(
        _ sets: [(load: SeedLoad, rows: Int)],
        version: String?,
        _ connection: RedisConnection
    ) async throws {
        guard !sets.isEmpty else { return }
        var words: [RedisArgument] = ["HSET", key]
        for (load, rows) in sets {
            let entry = Entry(fingerprint: load.fingerprint, version: version, rows: rows)
            words.append(RedisArgument(load.name))
            words.append(RedisArgument(String(decoding: try JSONEncoder().encode(entry), as: UTF8.self)))
        }
        try await connection.send(words)
    }

    /// What changes whenever a key is written, expires or is evicted, in any logical database; nothing where the server
    /// doesn't tell.
    static func version(_ connection: RedisConnection) async throws -> String? {
        try await counters(connection)?.text(writes: 0)
    }

    /// What a server has done since it was started.
    ///
    /// It counts for the server as a whole; saving or reading data changes nothing.
    struct Counters: Sendable {
        fileprivate var run: String
        fileprivate var writes: Int
        fileprivate var gone: String

        /// The state after so many more commands that write.
        func text(writes more: Int) -> String { "\(run)-\(writes + more)-\(gone)" }
    }

    static func counters(_ connection: RedisConnection) async throws -> Counters? {
        let replies = try await connection.pipeline([
            ["INFO", "server"], ["INFO", "stats"], ["INFO", "commandstats"], ["ACL", "CAT", "write"],
        ])
        var values: [Substring: Substring] = [:]
        let text = replies[..<3].map { $0.text ?? "" }
        for line in text.lazy.flatMap({ $0.split(whereSeparator: \.isNewline) }) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard let run = values["run_id"], let expired = values["expired_keys"], let evicted = values["evicted_keys"],
            let commands = replies[3].array?.compactMap(\.text), !commands.isEmpty
        else { return nil }
        let calls = commands.map { name in
            // `calls=12,usec=…`
            values["cmdstat_\(name)"].flatMap { Int($0.dropFirst("calls=".count).prefix { $0 != "," }) } ?? 0
        }
        return Counters(run: String(run), writes: calls.reduce(0, +), gone: "\(expired)-\(evicted)")
    }
}
#endif
