extension ValueShape<[String]> {
    /// A command line: a list of words, or one text that is split at spaces with quotes respected.
    static var words: ValueShape<[String]> {
        ValueShape(schema: [
            "anyOf": [["type": "string"], ["type": "array", "items": ["type": ["string", "number"]]]]
        ]) {
            node,
            context in
            if let elements = node.elements {
                return elements.compactMap { ValueShape<String>.text.decode($0, context) }
            }
            guard let text = ValueShape<String>.text.decode(node, context) else { return nil }
            guard let words = CommandWords.split(text) else {
                context.report(.invalidValue, "a quote is never closed", at: node.position)
                return nil
            }
            return words
        }
    }
}

/// Splits a command line into words as a shell would, without any of a shell's expansions.
enum CommandWords {
    /// Returns the words, or nothing when a quote is never closed.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Unicode.Scalar?
        var isEscaped = false
        func append(_ scalar: Unicode.Scalar) {
            word = word ?? ""
            word?.unicodeScalars.append(scalar)
        }
        for character in text.unicodeScalars {
            if isEscaped {
                // Inside double quotes a backslash stands for itself but before these.
                if quote == "\"", !"\"\\$`\n".unicodeScalars.contains(character) { append("\\") }
                if character != "\n" { append(character) }
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.properties.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                append(character)
            }
        }
        if let done = word { words.append(done) }
        return quote == nil && !isEscaped ? words : nil
    }
}

extension ValueShape<[Named<String>]> {
    /// Variables: a mapping, or a list of `NAME=value`.
    static var variables: ValueShape<[Named<String>]> {
        let mapping = ValueShape<[Named<String>]>.map(keys: .variableName, of: .lateText)
        let schema: JSONValue = ["anyOf": [mapping.schema, ["type": "array", "items": ["type": "string"]]]]
        return ValueShape(schema: schema) { node, context in
            guard let elements = node.elements else { return mapping.decode(node, context) }
            return elements.compactMap { element in
                guard let text = ValueShape<String>.lateText.decode(element, context) else { return nil }
                guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                    context.report(.invalidValue, "expected NAME=value, found `\(text)`", at: element.position)
                    return nil
                }
                let value = String(text[text.index(after: equals)...])
                return Named(name: String(text[..<equals]), position: element.position, value: value)
            }
        }
    }
}

extension ValueShape<String> {
    /// The name of an environment variable.
    fileprivate static var variableName: ValueShape<String> {
        text(pattern: "^[^=]+$") { name in
            let isGood = !name.isEmpty && !name.contains("=") && !name.unicodeScalars.contains("\0")
            return isGood ? nil : "is no name for a variable"
        }
    }
}

extension ValueShape<ContainerDescription.Mount> {
    /// `NAME:/path`, `./folder:/path` or `/folder:/path`, with `:ro` or `:rw` behind it.
    static var mount: ValueShape<ContainerDescription.Mount> {
        ValueShape(schema: ["type": "string"]) { node, context in
            let parts = node.text?.split(separator: ":", omittingEmptySubsequences: false).map(String.init) ?? []
            let hasMode = parts.count == 3 && ["ro", "rw"].contains(parts[2])
            guard parts.count == 2 || hasMode, !parts[0].isEmpty, parts[1].hasPrefix("/") else {
                context.wrongType(node, expected: "a volume", hint: "`NAME:/path`, `./folder:/path`, `:ro` behind it")
                return nil
            }
            let isReadOnly = parts.last == "ro"
            guard parts[0].hasPrefix(".") || parts[0].hasPrefix("/") else {
                let name = YAMLNode(.scalar(parts[0]), at: node.position)
                return ValueShape<String>.identifier.decode(name, context).map {
                    .volume(name: $0, path: parts[1], isReadOnly: isReadOnly)
                }
            }
            let boundary = PathBoundary(file: node.position.file)
            guard let path = boundary.resolve(parts[0]),
                context.mayLeaveFolder(node.position.file) || boundary.contains(path)
            else {
                context.report(
                    .outsidePath,
                    "`\(parts[0])` leaves the folder of its environment",
                    at: node.position,
                    hint: "say `allow_outside: true` at the top of the file if that is meant"
                )
                return nil
            }
            return .bind(host: path, path: parts[1], isReadOnly: isReadOnly)
        }
    }
}

extension ValueShape<ContainerDescription.PublishedPort> {
    /// `80`, `8080:80` or `auto:80`, with `/udp` behind it.
    static var publishedPort: ValueShape<ContainerDescription.PublishedPort> {
        ValueShape(schema: ["type": ["string", "integer"]]) { node, context in
            var text = Substring(node.text ?? "")
            let isUDP = text.hasSuffix("/udp")
            if isUDP || text.hasSuffix("/tcp") { text = text.dropLast(4) }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let container = parts.last.flatMap { Int($0) }
            let host: PortPreference? = parts.first.flatMap {
                $0 == "auto" ? .automatic : Int($0).map { .preferred($0) }
            }
            guard (1...2).contains(parts.count), let container, let host, (1...65_535).contains(container) else {
                context.wrongType(node, expected: "a published port", hint: "`8080`, `8080:80` or `auto:80`")
                return nil
            }
            if case .preferred(let number) = host, !(1...65_535).contains(number) {
                context.report(.invalidValue, "\(number) is not a port", at: node.position)
                return nil
            }
            return .init(host: host, container: container, isUDP: isUDP)
        }
    }
}

extension ContainerDescription.HealthCheck {
    fileprivate static let shape = Shape<ContainerDescription.HealthCheck>(
        "a health check",
        "How Docker tells whether a container works.",
        defaults: ContainerDescription.HealthCheck(test: []),
        [
            Field(
                "test",
                \.test,
                .words,
                isRequired: true,
                "The command; `CMD-SHELL` first runs it through the image's shell."
            ),
            Field("interval", \.interval, .duration, "The time between two checks."),
            Field("timeout", \.timeout, .duration, "How long a check may take."),
            Field("start_period", \.startPeriod, .duration, "How long failures don't count after the start."),
            Field("retries", \.retries, .integer(1...1_000), "How many failures in a row make it unhealthy."),
        ]
    )
}

extension ValueShape<ContainerDescription.HealthCheck> {
    /// A health check as compose has it.
    static var healthCheck: ValueShape<ContainerDescription.HealthCheck> {
        ContainerDescription.HealthCheck.shape.value.map { check, node, context in
            var check = check
            let isText = node["test"]?.text != nil
            switch check.test.first {
            case "CMD": check.test.removeFirst()
            case "CMD-SHELL":
                check.test.removeFirst()
                check.isShell = true
            default: check.isShell = isText
            }
            if isText, let text = node["test"]?.text { check.test = [text] }
            if check.test.isEmpty, node["test"] != nil {
                context.report(.invalidValue, "the check has no command", at: node.position)
                return nil
            }
            return check
        }
    }
}
