/// Replaces `${…}` in the scalars of an environment file.
///
/// | form | becomes |
/// |---|---|
/// | `${NAME}` | the variable; an error when it is not set |
/// | `${NAME:-text}` | the text when the variable is unset or empty (`${NAME-text}`: unset only) |
/// | `${NAME:?message}` | an error with that message when unset or empty (`${NAME?message}`: unset only) |
/// | `${NAME:+text}` | the text when the variable is set and not empty |
/// | `${url:service.database}`, `${port:service}`, `${host:service}`, `${password:service.role}` | left alone; resolved when the server is known |
/// | `$${` | a literal `${` |
///
/// A `$` that no `{` follows stays as it is, so a password may contain it.
package struct Interpolation {
    /// The names before the colon of a late reference.
    package static let referenceKinds: Set<String> = ["url", "port", "host", "password"]

    /// The variables: the process environment over the env file.
    package let variables: [String: String]

    package private(set) var problems: [Diagnostic] = []

    package init(variables: [String: String]) {
        self.variables = variables
    }

    /// Returns the tree with every scalar's variables replaced; keys are left alone.
    package mutating func expand(_ node: YAMLNode) -> YAMLNode {
        var copy = node
        switch node.content {
        case .scalar(let text):
            guard text.contains("${") else { return node }
            copy.content = .scalar(expand(text, at: node.position))
        case .sequence(let elements): copy.content = .sequence(elements.map { expand($0) })
        case .mapping(let entries):
            copy.content = .mapping(entries.map { YAMLNode.Entry(key: $0.key, value: expand($0.value)) })
        }
        return copy
    }

    private mutating func expand(_ text: String, at position: SourcePosition) -> String {
        var out = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            out += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                out += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = closingBrace(rest) else {
                    report(.invalidInterpolation, "`${` is never closed", at: position, hint: "write `$${` for a literal `${`")
                    return out + rest
                }
                out += value(of: rest[rest.index(rest.startIndex, offsetBy: 2)..<end], at: position)
                rest = rest[rest.index(after: end)...]
            } else {
                out += "$"
                rest = rest.dropFirst()
            }
        }
        return out + rest
    }

    /// Returns the brace that closes the one a text starts with, counting nested `${`.
    private func closingBrace(_ text: Substring) -> Substring.Index? {
        var depth = 0
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix("${") {
                depth += 1
                index = text.index(after: index)
            } else if text[index] == "}" {
                depth -= 1
                if depth == 0 { return index }
            }
            index = text.index(after: index)
        }
        return nil
    }

    private mutating func value(of expression: Substring, at position: SourcePosition) -> String {
        let nameEnd = expression.firstIndex { !($0 == "_" || $0.isLetter || $0.isNumber) } ?? expression.endIndex
        let name = String(expression[..<nameEnd])
        var rest = expression[nameEnd...]
        let set = variables[name]
        if rest.isEmpty, !name.isEmpty {
            if let set { return set }
            report(
                .undefinedVariable,
                "`\(name)` is not set",
                at: position,
                hint: "set it in the environment or the env file, or write `${\(name):-default}`"
            )
            return ""
        }
        let countsEmpty = rest.first == ":"
        if countsEmpty { rest = rest.dropFirst() }
        let isPresent = set.map { !countsEmpty || !$0.isEmpty } ?? false
        let word = String(rest.dropFirst())
        switch rest.first {
        case "-" where !name.isEmpty: return isPresent ? set ?? "" : expand(word, at: position)
        case "+" where !name.isEmpty: return isPresent ? expand(word, at: position) : ""
        case "?" where !name.isEmpty:
            if isPresent { return set ?? "" }
            let message = expand(word, at: position)
            report(.undefinedVariable, "`\(name)` is not set\(message.isEmpty ? "" : ": \(message)")", at: position)
            return ""
        default:
            if countsEmpty, Self.referenceKinds.contains(name) { return "${\(expression)}" }
            report(
                .invalidInterpolation,
                "`${\(expression)}` is not understood",
                at: position,
                hint: "forms: ${NAME}, ${NAME:-default}, ${NAME:?message}, ${url:service.database}; `$${` for a literal `${`"
            )
            return ""
        }
    }

    private mutating func report(
        _ code: Diagnostic.Code,
        _ message: String,
        at position: SourcePosition,
        hint: String? = nil
    ) {
        problems.append(Diagnostic(code, message, at: position, hint: hint))
    }
}
