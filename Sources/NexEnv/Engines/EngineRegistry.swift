/// Every engine that a file can name.
///
/// A new engine adds one line here.
package enum EngineRegistry {
    private static let types: [any Engine.Type] = {
        var types: [any Engine.Type] = [Postgres.self, TimescaleDB.self]
        #if MongoDB
        types.append(MongoDB.self)
        #endif
        #if Redis
        types.append(Redis.self)
        #endif
        types += [Elasticsearch.self, PgBouncer.self, PgAdmin.self, PlainContainer.self]
        return types
    }()

    package static let all = types.map { EngineType($0) }

    /// The programs that engines run as natively, each once.
    package static var programs: [ProcessDescription.Program] {
        var seen: Set<String> = []
        return all.compactMap(\.program).filter { seen.insert($0.name).inserted }
    }

    /// Returns what makes copies for tests of an engine's databases, without the rest of what is known of engines.
    static func leasable(named name: String) -> (any LeasableEngine.Type)? {
        types.first { $0.name == name } as? any LeasableEngine.Type
    }

    /// Returns the engine of a name.
    package static func engine(named name: String) -> EngineType? {
        all.first { $0.name == name }
    }
}

/// An engine's static side, with its type erased.
package struct EngineType: Sendable {
    package let name: String
    package let summary: String
    /// The program that the engine runs as natively, where it has one.
    package let program: ProcessDescription.Program?
    /// The keys of the engine's own.
    package let keys: [String]
    /// Those that have to be there.
    package let requiredKeys: [String]
    /// Their schemas.
    package let properties: [String: JSONValue]
    /// Whether its server pools the connections of another one.
    package let pools: Bool
    let decode: @Sendable ([YAMLNode.Entry], SourcePosition, DecodingContext) -> (any Engine, [YAMLNode.Entry])

    init<E: Engine>(_ type: E.Type) {
        name = E.name
        summary = E.summary
        program = E.program
        keys = E.shape.names
        requiredKeys = E.shape.fields.filter(\.isRequired).map(\.name)
        pools = type is any PoolingEngine.Type
        properties = E.shape.properties
        decode = { entries, position, context in
            var engine = E.shape.defaults
            let unknown = E.shape.decode(entries, at: position, into: &engine, context)
            return (engine, unknown)
        }
    }
}
