/// The JSON Schema (draft-07) of the environment file, made from the same shapes that decode it.
package enum EnvironmentSchema {
    /// The whole schema.
    package static var document: JSONValue {
        TopLevel.shape.schema.adding([
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "nexenv environment",
            "definitions": ["service": service, "overlay": overlay],
        ])
    }

    /// A service: the common keys, and those of the engine that `engine` names.
    private static var service: JSONValue {
        let engines = EngineRegistry.all
        let branches = engines.map { engine -> JSONValue in
            let condition: JSONValue =
                engine.name == PlainContainer.name
                ? ["anyOf": [["not": ["required": ["engine"]]], named(engine.name)]] : named(engine.name)
            var then: [String: JSONValue] = [
                "properties": .object(allowed(engine)), "patternProperties": ["^x-": true],
                "additionalProperties": false,
            ]
            if !engine.requiredKeys.isEmpty { then["required"] = .array(engine.requiredKeys.map { .string($0) }) }
            return ["if": condition, "then": .object(then)]
        }
        return [
            "type": "object",
            "description": "One server.",
            "anyOf": [["required": ["engine"]], ["required": ["image"]]],
            "properties": ["engine": ["enum": .array(engines.map { .string($0.name) })]],
            "allOf": .array(branches),
        ]
    }

    /// A mode: any part of an environment, and `+key` to append to a list.
    ///
    /// What a service in a mode may hold depends on the engine that the file below it names, so only key names are checked.
    private static var overlay: JSONValue {
        let keys = Set(EngineRegistry.all.flatMap(\.keys) + ServiceOptions.shape.names)
        let pattern = "^(\\+?(" + keys.sorted().joined(separator: "|") + ")|x-.*)$"
        var properties = TopLevel.shape.properties
        properties["services"] = [
            "type": "object",
            "additionalProperties": ["type": "object", "propertyNames": ["pattern": .string(pattern)]],
        ]
        for name in EnvironmentLoader.settledBeforeModes { properties[name] = nil }
        return [
            "type": "object",
            "properties": .object(properties),
            "patternProperties": ["^x-": true, "^\\+": ["type": "array"]],
            "additionalProperties": false,
        ]
    }

    private static func named(_ engine: String) -> JSONValue {
        ["properties": ["engine": ["const": .string(engine)]], "required": ["engine"]]
    }

    private static func allowed(_ engine: EngineType) -> [String: JSONValue] {
        ServiceOptions.shape.properties.merging(engine.properties) { _, own in own }
    }
}
