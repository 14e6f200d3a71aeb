extension ValueShape<[Service]> {
    /// The servers of an environment, each decoded by its engine.
    static var services: ValueShape<[Service]> {
        let service: JSONValue = ["$ref": "#/definitions/service"]
        return ValueShape(schema: ["type": "object", "additionalProperties": service], describe: { _ in nil }) {
            node,
            context in
            guard let entries = node.entries else {
                context.wrongType(node, expected: "a mapping from names to services")
                return nil
            }
            return entries.compactMap { entry in
                let key = YAMLNode(.scalar(entry.key.name), at: entry.key.position)
                guard let name = ValueShape<String>.identifier.decode(key, context) else { return nil }
                return Service.decode(name, at: entry.key.position, entry.value, context)
            }
        }
    }
}

extension Service {
    fileprivate static func decode(
        _ name: String,
        at position: SourcePosition,
        _ node: YAMLNode,
        _ context: DecodingContext
    ) -> Service? {
        guard let entries = node.entries else {
            context.wrongType(node, expected: "a service", hint: "at least `engine:` or `image:`")
            return nil
        }
        var options = ServiceOptions()
        let rest = ServiceOptions.shape.decode(entries, at: position, into: &options, context)
        let names = EngineRegistry.all.map(\.name)
        guard let engineName = options.engine ?? options.image.map({ _ in PlainContainer.name }) else {
            let listed = names.filter { $0 != PlainContainer.name }.joined(separator: ", ")
            context.report(
                .missingKey,
                "service `\(name)` needs `engine` or `image`",
                at: position,
                hint: "engines: \(listed)"
            )
            return nil
        }
        guard let type = EngineRegistry.engine(named: engineName) else {
            context.report(
                .invalidValue,
                "there is no engine `\(engineName)`",
                at: node["engine"]?.position,
                hint: Suggestion.hint(for: engineName, among: names, noun: "engines")
            )
            return nil
        }
        let (engine, unknown) = type.decode(rest, position, context)
        let known = ServiceOptions.shape.names + type.keys
        Shape<ServiceOptions>.reportUnknown(unknown, known: known, noun: "a \(engineName) service", context)
        engine.validate(options, at: position, context)
        let defaults = ServiceDefaults()
        return Service(
            name: name,
            position: position,
            options: options,
            engine: engine,
            bind: defaults.bind,
            durability: defaults.durability,
            storage: .disk,
            readyTimeout: defaults.readyTimeout,
            stopGracePeriod: defaults.stopGracePeriod
        )
    }
}
