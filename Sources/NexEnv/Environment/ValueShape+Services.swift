extension ValueShape<[Service]> {
    /// The servers of an environment, each decoded by its engine.
    static var services: ValueShape<[Service]> {
        let service: JSONValue = ["$ref": "#/definitions/service"]
        var schema: JSONValue = ["type": "object", "additionalProperties": service]
        if case .object(let name) = ValueShape<String>.identifier.schema, let pattern = name["pattern"] {
            schema = schema.adding(["propertyNames": ["pattern": pattern]])
        }
        return ValueShape(schema: schema) { node, context in
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
            // Without an engine every engine's keys count as known: what remains is likely `engine` itself, mistyped.
            let known = Set(EngineRegistry.all.flatMap(\.keys))
            let mistyped = rest.filter { !known.contains($0.key.name) }
            Shape<ServiceOptions>.reportUnknown(mistyped, known: ServiceOptions.shape.names, noun: "a service", context)
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
        checkPort(node["port"], of: engine, context)
        engine.validate(options, at: position, context)
        let said = Set(options.dependencies.map(\.service))
        options.dependencies += engine.dependencies.filter { !said.contains($0.service) }
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

    /// Reports a port that would be ignored: of a server that has none, or with another container port behind the colon.
    private static func checkPort(_ node: YAMLNode?, of engine: any Engine, _ context: DecodingContext) {
        guard let node, let text = node.text, !node.isNull else { return }
        guard let inside = engine.port else {
            context.report(.invalidValue, "a container's ports stand under `ports`", at: node.position)
            return
        }
        let sides = text.split(separator: ":")
        guard sides.count == 2, let written = Int(sides[1]), written != inside else { return }
        context.report(
            .invalidValue,
            "the server listens on \(inside) inside, not on \(written)",
            at: node.position,
            hint: "write the host's port alone: `\(sides[0])`"
        )
    }
}
