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
    /// The variables: the process environment over the env file.
    package let variables: [String: String]

    package private(set) var problems: [Diagnostic] = []

    private static let deepest = 16
    private static let mostBytes = 16 << 20

    /// How much text may still come of variables: one of a megabyte may stand in a file a million times.
    private var bytesLeft = Self.mostBytes

    package init(variables: [String: String]) {
        self.variables = variables
    }

    /// Returns a file with its variables replaced, but for those of modes that aren't applied: they may ask for what only CI has.
    package mutating func expand(_ file: YAMLNode, mode: String?) -> YAMLNode {
        guard let entries = file.entries else { return expand(file) }
        var copy = file
        copy.content = .mapping(
            entries.map { entry in
                guard entry.key.name == "modes", let modes = entry.value.entries else {
                    return YAMLNode.Entry(key: entry.key, value: expand(entry.value))
                }
                var value = entry.value
                value.content = .mapping(
                    modes.map { YAMLNode.Entry(key: $0.key, value: $0.key.name == mode ? expand($0.value) : $0.value) }
                )
                return YAMLNode.Entry(key: entry.key, value: value)
            }
        )
        return copy
    }

    /// Returns the tree with every scalar's variables replaced; keys are left alone.
    ///
    /// What stands behind a tag may give `${…}` a meaning of its own: a template's text, and all of a generator.
    package mutating func expand(_ node: YAMLNode) -> YAMLNode {
        if node.tag != nil, node.text != nil || node.tag == "gen" { return node }
        var copy = node
        switch node.content {
        case .scalar(let text):
            guard text.contains("${") else { return node }
            let expanded = expand(Substring(text), at: node.position)
            bytesLeft -= expanded.utf8.count
            copy.content = .scalar(expanded)
        case .sequence(let elements): copy.content = .sequence(elements.map { expand($0) })
        case .mapping(let entries):
            copy.content = .mapping(entries.map { YAMLNode.Entry(key: $0.key, value: expand($0.value)) })
        }
        return copy
    }

    private mutating func expand(_ text: Substring, at position: SourcePosition) -> String {
        var out = ""
        var rest = text
        // Bytes, not characters: an accent behind a brace makes one character of both.
        while let dollar = rest.utf8.firstIndex(of: UInt8(ascii: "$")) {
            out += rest[..<dollar]
            rest = rest[dollar...]
            if rest.utf8.starts(with: "$${".utf8) {
                out += "${"
                rest = rest[rest.utf8.index(rest.startIndex, offsetBy: 3)...]
            } else if rest.utf8.starts(with: "${".utf8) {
                let (end, isTooDeep) = closingBrace(rest)
                if isTooDeep {
                    report(.invalidInterpolation, "`${` is nested more than \(Self.deepest) times", at: position)
                    return ""
                }
                guard let end else {
                    report(
                        .invalidInterpolation,
                        "`${` is never closed",
                        at: position,
                        hint: "write `$${` for a literal `${`"
                    )
                    return out + rest
                }
                out += value(of: rest[rest.utf8.index(rest.startIndex, offsetBy: 2)..<end], at: position)
                rest = rest[rest.utf8.index(after: end)...]
                guard out.utf8.count <= bytesLeft else {
                    report(
                        .tooLarge,
                        "the file has more than \(Self.mostBytes) bytes once its variables are replaced",
                        at: position
                    )
                    return ""
                }
            } else {
                out += "$"
                rest = rest[rest.utf8.index(after: rest.startIndex)...]
            }
        }
        return out + rest
    }

    /// Returns the brace that closes the one a text starts with, counting nested `${`.
    ///
    /// Too many of them end the search: each level is searched again when its turn comes.
    private func closingBrace(_ text: Substring) -> (index: Substring.Index?, isTooDeep: Bool) {
        var depth = 0
        var dollars = 0
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if byte == UInt8(ascii: "{"), dollars == 1 {
                depth += 1
                if depth > Self.deepest { return (nil, true) }
            } else if byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return (index, false) }
            }
            // Two dollars before a brace make a literal one.
            dollars = byte == UInt8(ascii: "$") ? dollars + 1 : 0
        }
        return (nil, false)
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
        let word = rest.dropFirst()
        switch rest.first {
        case "-" where !name.isEmpty: return isPresent ? set ?? "" : expand(word, at: position)
        case "+" where !name.isEmpty: return isPresent ? expand(word, at: position) : ""
        case "?" where !name.isEmpty:
            if isPresent { return set ?? "" }
            let message = expand(word, at: position)
            report(.undefinedVariable, "`\(name)` is not set\(message.isEmpty ? "" : ": \(message)")", at: position)
            return ""
        default:
            if LateReference(expression) != nil { return "${\(expression)}" }
            report(
                .invalidInterpolation,
                "`${\(expression)}` is not understood",
                at: position,
                hint:
                    "forms: ${NAME}, ${NAME:-default}, ${NAME:?message}, ${url:service.database}; `$${` for a literal `${`"
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
        guard problems.count < 100 else { return }
        problems.append(Diagnostic(code, message, at: position, hint: hint))
    }
}
