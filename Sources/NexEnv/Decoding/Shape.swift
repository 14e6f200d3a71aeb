/// The keys of one kind of mapping: how each is read, what it means, what it is when left out.
///
/// Decoding, the unknown-key check, `did you mean` and the JSON Schema are all made from it.
package struct Shape<Model: Sendable>: Sendable {
    /// What the mapping is, in the words of a message: `a service`, `a database`.
    package let noun: String

    /// One sentence for editors.
    package let summary: String

    /// A model with every key left out.
    package let defaults: Model

    package let fields: [Field<Model>]

    package init(_ noun: String, _ summary: String, defaults: Model, _ fields: [Field<Model>]) {
        self.noun = noun
        self.summary = summary
        self.defaults = defaults
        self.fields = fields
    }

    /// The names of the keys, for checks and hints.
    package var names: [String] { fields.map(\.name) }

    /// Reads the mapping's known keys into a model and leaves the others alone.
    ///
    /// - Returns: The keys that were not known, for the caller to report once every shape has looked.
    package func decode(
        _ entries: [YAMLNode.Entry],
        at position: SourcePosition,
        into model: inout Model,
        _ context: DecodingContext
    ) -> [YAMLNode.Entry] {
        var unknown: [YAMLNode.Entry] = []
        var seen: Set<String> = []
        for entry in entries {
            guard let field = fields.first(where: { $0.name == entry.key.name }) else {
                unknown.append(entry)
                continue
            }
            seen.insert(field.name)
            // A key with nothing behind it means the same as a key left out.
            if entry.value.isNull { continue }
            field.decode(entry.value, &model, context)
        }
        for field in fields where field.isRequired && !seen.contains(field.name) {
            context.report(.missingKey, "\(noun) needs `\(field.name)`", at: position, hint: field.documentation)
        }
        return unknown
    }

    /// Reports keys that nothing knows; `x-` keys are the user's own.
    package static func reportUnknown(
        _ entries: [YAMLNode.Entry],
        known: [String],
        noun: String,
        _ context: DecodingContext
    ) {
        for entry in entries where !entry.key.name.hasPrefix("x-") {
            if context.isFull { return }
            context.report(
                .unknownKey,
                "\(noun) has no key `\(entry.key.name)`",
                at: entry.key.position,
                hint: Suggestion.hint(for: entry.key.name, among: known, noun: "keys")
            )
        }
    }

    /// The `properties` of the schema.
    package var properties: [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.schema(defaults)) })
    }

    /// The draft-07 schema of the mapping.
    package var schema: JSONValue {
        var schema: [String: JSONValue] = [
            "type": "object",
            "description": .string(summary),
            "properties": .object(properties),
            "patternProperties": ["^x-": true],
            "additionalProperties": false,
        ]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    /// The mapping as a value of a key; nothing behind the key means a mapping with every key left out.
    package var value: ValueShape<Model> {
        ValueShape(schema: ["anyOf": [schema, ["type": "null"]]]) { node, context in
            var model = defaults
            guard let entries = node.isNull ? [] : node.entries else {
                context.wrongType(node, expected: noun)
                return nil
            }
            let unknown = decode(entries, at: node.position, into: &model, context)
            Self.reportUnknown(unknown, known: names, noun: noun, context)
            return model
        }
    }
}

/// One key of a mapping.
package struct Field<Model: Sendable>: Sendable {
    package let name: String
    package let documentation: String
    package let isRequired: Bool
    let decode: @Sendable (YAMLNode, inout Model, DecodingContext) -> Void
    let schema: @Sendable (Model) -> JSONValue

    /// Creates a key whose value is stored in a property.
    package init<Value>(
        _ name: String,
        _ path: any WritableKeyPath<Model, Value> & Sendable,
        _ shape: ValueShape<Value>,
        isRequired: Bool = false,
        _ documentation: String
    ) {
        self.name = name
        self.documentation = documentation
        self.isRequired = isRequired
        decode = { node, model, context in
            if let value = shape.decode(node, context) { model[keyPath: path] = value }
        }
        schema = { defaults in
            var members: [String: JSONValue] = ["description": .string(documentation)]
            if !isRequired, let value = shape.describe(defaults[keyPath: path]) { members["default"] = value }
            return shape.schema.adding(members)
        }
    }

    /// Creates a key that may be left out and then is nothing.
    package init<Value>(
        _ name: String,
        _ path: any WritableKeyPath<Model, Value?> & Sendable,
        _ shape: ValueShape<Value>,
        isRequired: Bool = false,
        _ documentation: String
    ) {
        self.name = name
        self.documentation = documentation
        self.isRequired = isRequired
        decode = { node, model, context in
            if let value = shape.decode(node, context) { model[keyPath: path] = value }
        }
        schema = { defaults in
            var members: [String: JSONValue] = ["description": .string(documentation)]
            if let value = defaults[keyPath: path].flatMap(shape.describe) { members["default"] = value }
            return shape.schema.adding(members)
        }
    }
}

extension Field {
    /// Returns the same key for a model that holds this one.
    package func lifted<Outer: Sendable>(
        _ path: any WritableKeyPath<Outer, Model> & Sendable
    ) -> Field<Outer> {
        Field<Outer>(
            name: name,
            documentation: documentation,
            isRequired: isRequired,
            decode: { node, outer, context in decode(node, &outer[keyPath: path], context) },
            schema: { schema($0[keyPath: path]) }
        )
    }

    private init(
        name: String,
        documentation: String,
        isRequired: Bool,
        decode: @escaping @Sendable (YAMLNode, inout Model, DecodingContext) -> Void,
        schema: @escaping @Sendable (Model) -> JSONValue
    ) {
        self.name = name
        self.documentation = documentation
        self.isRequired = isRequired
        self.decode = decode
        self.schema = schema
    }
}
