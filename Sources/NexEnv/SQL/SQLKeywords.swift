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

    // MARK: - What a statement acts on

    /// Whether a statement changes the session, so that the ones behind it depend on it.
    static func setsSession(_ words: [String]) -> Bool {
        switch words.first {
        case "set": words.count > 1 && !["local", "transaction", "constraints"].contains(words[1])
        case "reset": true
        // pg_dump's `SELECT pg_catalog.set_config('search_path', '', false)`.
        case "select": words.dropFirst().prefix(2).contains("set_config")
        default: false
        }
    }

    /// Whether a statement acts on the server as a whole, or on a database by its name, and not on what is in the database.
    static func isServerWide(_ words: [String]) -> Bool {
        let serverWide: Set = ["role", "user", "group", "database", "tablespace", "subscription", "system"]
        switch words.first {
        case "create", "drop", "alter":
            guard words.count > 1, serverWide.contains(words[1]) else { return false }
            return words.dropFirst().prefix(2) != ["user", "mapping"]
        case "comment": return words.dropFirst(2).first.map(serverWide.contains) ?? false
        case "grant", "revoke":
            // Of a role there is no ON; anything else says what it is on.
            guard let place = words.firstIndex(of: "on") else { return words.count < 12 }
            return ["database", "tablespace", "parameter"].contains(words.dropFirst(place + 1).first ?? "")
        default: return false
        }
    }
}
