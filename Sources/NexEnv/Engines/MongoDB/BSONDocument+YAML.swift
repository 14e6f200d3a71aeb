#if MongoDB
import Foundation
import MongoClient

extension ValueShape<BSONDocument> {
    /// A mapping as a BSON document; Extended JSON, such as `{ $date: … }`, gives the types that YAML lacks.
    static var bsonDocument: ValueShape<BSONDocument> {
        ValueShape(schema: ["type": "object"]) { node, context in
            guard node.entries != nil else {
                context.wrongType(node, expected: "a mapping")
                return nil
            }
            do {
                return try BSONDocument(extendedJSON: node.extendedJSON)
            } catch {
                context.report(.invalidValue, "\(error)", at: node.position)
                return nil
            }
        }
    }
}

extension YAMLNode {
    /// The value as Extended JSON, keys in order; plain scalars have the types of YAML 1.2's core schema.
    var extendedJSON: String {
        switch content {
        case .scalar(let text): isPlain && tag == nil ? Self.plainJSON(text) : Self.quoted(text)
        case .sequence(let elements): "[" + elements.map(\.extendedJSON).joined(separator: ",") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\(Self.quoted($0.key.name)):\($0.value.extendedJSON)" }.joined(separator: ",") + "}"
        }
    }

    private static func plainJSON(_ text: String) -> String {
        switch text {
        case "", "~", "null", "Null", "NULL": "null"
        case "true", "True", "TRUE": "true"
        case "false", "False", "FALSE": "false"
        default: number(text) ?? quoted(text)
        }
    }

    /// Returns a number in JSON's spelling; YAML also allows `+1`, `.5`, `1.` and leading zeros.
    private static func number(_ text: String) -> String? {
        if let integer = Int64(text) { return "\(integer)" }
        let isNumeric = text.allSatisfy { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
        guard isNumeric, text.contains(where: \.isNumber), let double = Double(text), double.isFinite else {
            return nil
        }
        return "\(double)"
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20: out += String(format: "\\u%04x", scalar.value)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
#endif
