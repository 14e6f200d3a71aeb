/// Every engine that a file can name.
///
/// A new engine adds one line here.
package enum EngineRegistry {
    package static let all: [EngineType] = {
        var all = [EngineType(Postgres.self), EngineType(TimescaleDB.self)]
        #if MongoDB
        all.append(EngineType(MongoDB.self))
        #endif
        #if Redis
        all.append(EngineType(Redis.self))
        #endif
        all += [EngineType(PgBouncer.self), EngineType(PgAdmin.self), EngineType(PlainContainer.self)]
        return all
    }()

    /// The programs that engines run as natively, each once.
    package static var programs: [ProcessDescription.Program] {
        var seen: Set<String> = []
        return all.compactMap(\.program).filter { seen.insert($0.name).inserted }
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
    /// How the copies that tests get are made, where they can get any.
    let leasable: (any LeasableEngine.Type)?
    let decode: @Sendable ([YAMLNode.Entry], SourcePosition, DecodingContext) -> (any Engine, [YAMLNode.Entry])

    init<E: Engine>(_ type: E.Type) {
        name = E.name
        summary = E.summary
        program = E.program
        keys = E.shape.names
        requiredKeys = E.shape.fields.filter(\.isRequired).map(\.name)
        pools = type is any PoolingEngine.Type
        leasable = type as? any LeasableEngine.Type
        properties = E.shape.properties
        decode = { entries, position, context in
            var engine = E.shape.defaults
            let unknown = E.shape.decode(entries, at: position, into: &engine, context)
            return (engine, unknown)
        }
    }
}
