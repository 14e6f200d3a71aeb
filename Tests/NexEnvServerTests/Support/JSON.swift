import Foundation

/// A JSON value to look into; what isn't there is null, so that an expectation fails and not the test run.
struct JSON: Sendable {
    private enum Value: Sendable {
        case null
        case flag(Bool)
        case number(Double)
        case text(String)
        case elements([JSON])
        case members([String: JSON])
    }

    private var value: Value

    private init(_ value: Value) { self.value = value }

    init(text: String) {
        self = (try? JSONDecoder().decode(JSON.self, from: Data(text.utf8))) ?? JSON(.null)
    }

    subscript(name: String) -> JSON {
        if case .members(let members) = value { members[name] ?? JSON(.null) } else { JSON(.null) }
    }

    subscript(index: Int) -> JSON { elements.indices.contains(index) ? elements[index] : JSON(.null) }

    var elements: [JSON] { if case .elements(let elements) = value { elements } else { [] } }
    var names: [String] { if case .members(let members) = value { members.keys.sorted() } else { [] } }
    var text: String? { if case .text(let text) = value { text } else { nil } }
    var flag: Bool? { if case .flag(let flag) = value { flag } else { nil } }
    var number: Int? { if case .number(let number) = value { Int(exactly: number) } else { nil } }
}

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .null
        } else if let flag = try? container.decode(Bool.self) {
            value = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            value = .number(number)
        } else if let text = try? container.decode(String.self) {
            value = .text(text)
        } else if let elements = try? container.decode([JSON].self) {
            value = .elements(elements)
        } else {
            value = .members(try container.decode([String: JSON].self))
        }
    }
}
