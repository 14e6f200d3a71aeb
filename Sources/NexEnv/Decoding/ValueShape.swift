/// How one kind of value is read from YAML, and what a JSON Schema says about it; both come from here, so they can't disagree.
package struct ValueShape<Value: Sendable>: Sendable {
    /// The draft-07 schema of the value.
    package var schema: JSONValue

    /// Reads a value; returns nothing after it reported a problem.
    package var decode: @Sendable (YAMLNode, DecodingContext) -> Value?

    /// The value as JSON, for the schema's `default`.
    package var describe: @Sendable (Value) -> JSONValue?

    package init(
        schema: JSONValue,
        describe: @escaping @Sendable (Value) -> JSONValue? = { _ in nil },
        decode: @escaping @Sendable (YAMLNode, DecodingContext) -> Value?
    ) {
        self.schema = schema
        self.describe = describe
        self.decode = decode
    }

    /// Returns a shape that reads the same and then makes something else of it.
    package func map<Other: Sendable>(
        describe: @escaping @Sendable (Other) -> JSONValue? = { _ in nil },
        _ transform: @escaping @Sendable (Value, YAMLNode, DecodingContext) -> Other?
    ) -> ValueShape<Other> {
        ValueShape<Other>(schema: schema, describe: describe) { node, context in
            decode(node, context).flatMap { transform($0, node, context) }
        }
    }
}

/// A schema that also lets a variable stand in for the value: `port: ${PORT:-5432}` is a text to an editor.
package func schemaOrVariable(_ schema: JSONValue) -> JSONValue {
    ["anyOf": [schema, ["type": "string", "pattern": "\\$\\{.+\\}"]]]
}

extension ValueShape<String> {
    /// Any scalar, as it is written.
    package static var text: ValueShape<String> {
        lateText.map(describe: { .string($0) }) { text, node, context in
            guard let reference = LateReference.find(in: text).first else { return text }
            context.report(
                .invalidInterpolation,
                "`\(reference)` is known only when the servers run",
                at: node.position,
                hint: "such a reference may stand in the `environment` of a container"
            )
            return nil
        }
    }

    /// Any scalar, as it is written; it may refer to addresses and passwords that are known only when the servers run.
    package static var lateText: ValueShape<String> {
        ValueShape(schema: ["type": ["string", "number", "boolean"]], describe: { .string($0) }) { node, context in
            guard let text = node.text, !node.isNull else {
                context.wrongType(node, expected: "a text")
                return nil
            }
            return text
        }
    }

    /// A scalar whose text matches one of two descriptions: a pattern for editors, a check with a sentence for people.
    package static func text(
        pattern: String,
        _ check: @escaping @Sendable (String) -> String?
    ) -> ValueShape<String> {
        var shape = text.map(describe: { .string($0) }) { text, node, context in
            guard let problem = check(text) else { return text }
            context.report(.invalidValue, "`\(text)` \(problem)", at: node.position)
            return nil
        }
        shape.schema = ["type": "string", "pattern": .string("\(pattern)|\\$\\{.+\\}")]
        return shape
    }

    /// A version: quoted, because YAML reads a bare `15.10` as the number 15.1.
    package static var version: ValueShape<String> {
        var shape = text
        shape.schema = ["type": ["string", "integer"], "examples": ["17", "2.19.3-pg17"]]
        return shape
    }
}

extension ValueShape<Bool> {
    /// `true` or `false`; YAML 1.1's `yes` and `on` are refused with a hint, since half the tools read them as texts.
    package static var boolean: ValueShape<Bool> {
        ValueShape(schema: schemaOrVariable(["type": "boolean"]), describe: { .bool($0) }) { node, context in
            switch node.text {
            case "true": return true
            case "false": return false
            default:
                context.wrongType(node, expected: "`true` or `false`")
                return nil
            }
        }
    }
}

extension ValueShape<Int> {
    /// A whole number in a range.
    package static func integer(_ range: ClosedRange<Int>) -> ValueShape<Int> {
        let schema: JSONValue = [
            "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
        ]
        return ValueShape(schema: schemaOrVariable(schema), describe: { .integer($0) }) { node, context in
            guard let text = node.text, let number = Int(text.replacing("_", with: "")) else {
                context.wrongType(node, expected: "a whole number")
                return nil
            }
            guard range.contains(number) else {
                let bounds = "between \(range.lowerBound) and \(range.upperBound)"
                context.report(.invalidValue, "\(number) is not \(bounds)", at: node.position)
                return nil
            }
            return number
        }
    }
}

extension ValueShape where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of an enumeration's names.
    package static var choice: ValueShape<Value> {
        let names = Value.allCases.map(\.rawValue)
        return ValueShape(
            schema: schemaOrVariable(["enum": .array(names.map { .string($0) })]),
            describe: { .string($0.rawValue) }
        ) { node, context in
            guard let text = node.text, let value = Value(rawValue: text) else {
                let listed = names.map { "`\($0)`" }.joined(separator: ", ")
                context.report(
                    .invalidValue,
                    "expected one of \(listed), found \(node.kindDescription)",
                    at: node.position,
                    hint: node.text.flatMap { Suggestion.nearest(to: $0, among: names) }.map { "did you mean `\($0)`?" }
                )
                return nil
            }
            return value
        }
    }
}

extension ValueShape {
    /// A list; a single value stands for a list of one where `orSingle` says so.
    package static func list<Element>(
        of element: ValueShape<Element>,
        orSingle: Bool = false
    ) -> ValueShape<[Element]> where Value == [Element] {
        let array: JSONValue = ["type": "array", "items": element.schema]
        return ValueShape<[Element]>(
            schema: orSingle ? ["anyOf": [array, element.schema]] : array,
            describe: { values in .array(values.compactMap(element.describe)) }
        ) { node, context in
            if let elements = node.elements { return elements.compactMap { element.decode($0, context) } }
            if orSingle, !node.isNull { return element.decode(node, context).map { [$0] } }
            context.wrongType(node, expected: "a list")
            return nil
        }
    }

    /// A mapping from names to values, in the order they stand in.
    package static func map<Element>(
        keys: ValueShape<String> = .text,
        of element: ValueShape<Element>
    ) -> ValueShape<[Named<Element>]> where Value == [Named<Element>] {
        var schema: [String: JSONValue] = ["type": "object", "additionalProperties": element.schema]
        if case .object(let key) = keys.schema, let pattern = key["pattern"] {
            schema["propertyNames"] = ["pattern": pattern]
        }
        return ValueShape<[Named<Element>]>(
            schema: .object(schema),
            describe: { values in values.isEmpty ? [:] : nil }
        ) { node, context in
            if node.isNull { return [] }
            guard let entries = node.entries else {
                context.wrongType(node, expected: "a mapping")
                return nil
            }
            return entries.compactMap { entry in
                let key = YAMLNode(.scalar(entry.key.name), at: entry.key.position, isPlain: false)
                guard let name = keys.decode(key, context), let value = element.decode(entry.value, context) else {
                    return nil
                }
                return Named(name: name, position: entry.key.position, value: value)
            }
        }
    }
}

/// A value under a name, with the place of the name.
package struct Named<Value: Sendable>: Sendable {
    package var name: String
    package var position: SourcePosition
    package var value: Value

    package init(name: String, position: SourcePosition, value: Value) {
        self.name = name
        self.position = position
        self.value = value
    }
}

extension Named: Equatable where Value: Equatable {}
extension Named: Hashable where Value: Hashable {}
