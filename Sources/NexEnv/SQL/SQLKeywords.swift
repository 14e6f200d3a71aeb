/// Tells from a statement's first words what PostgreSQL lets it do.
///
/// The list is PostgreSQL's `PreventInTransactionBlock` callers (17), and TimescaleDB's continuous aggregates with data.
enum SQLKeywords {
    static func kind(of words: [String], text: String) -> SQLStatement.Kind {
        switch words.first {
        case "commit" where isPrepared(words), "rollback" where isPrepared(words): return .standalone
        case "prepare": return words.dropFirst().first == "transaction" ? .blockBoundary : .transactional
        case "begin", "start", "commit", "end":
            return isTransactionControl(words) ? .blockBoundary : .transactional
        case "rollback", "abort": return words.contains("to") ? .transactional : .rollback
        case "vacuum", "checkpoint", "call": return .standalone
        case "cluster": return words.count == 1 || words == ["cluster", "verbose"] ? .standalone : .transactional
        case "create": return create(words, text)
        case "drop": return drop(words)
        case "alter": return alter(words)
        case "reindex":
            let isWhole = words.dropFirst().contains { ["database", "system", "schema", "concurrently"].contains($0) }
            return isWhole ? .standalone : .transactional
        case "discard": return words.dropFirst().first == "all" ? .standalone : .transactional
        default: return .transactional
        }
    }

    private static func isPrepared(_ words: [String]) -> Bool { words.dropFirst().first == "prepared" }

    private static func isTransactionControl(_ words: [String]) -> Bool {
        words.count == 1 || ["work", "transaction", "and", "isolation", "read", "not", "deferrable"].contains(words[1])
    }

    private static func create(_ words: [String], _ text: String) -> SQLStatement.Kind {
        switch words.dropFirst().first {
        case "database", "tablespace", "subscription": return .standalone
        case "index", "unique": return words.prefix(4).contains("concurrently") ? .standalone : .transactional
        case "materialized":
            // Made with data, a continuous aggregate commits in between; made with no data it doesn't.
            let lowered = text.lowercased()
            let isContinuous = lowered.contains("timescaledb.continuous")
            return isContinuous && !lowered.contains("with no data") ? .standalone : .transactional
        default: return .transactional
        }
    }

    private static func drop(_ words: [String]) -> SQLStatement.Kind {
        switch words.dropFirst().first {
        case "database", "tablespace", "subscription": .standalone
        case "index": words.dropFirst(2).first == "concurrently" ? .standalone : .transactional
        default: .transactional
        }
    }

    private static func alter(_ words: [String]) -> SQLStatement.Kind {
        switch words.dropFirst().first {
        case "system": .standalone
        case "database": words.contains("tablespace") ? .standalone : .transactional
        case "subscription": .standalone
        case "table": words.contains("detach") && words.last == "concurrently" ? .standalone : .transactional
        default: .transactional
        }
    }
}
