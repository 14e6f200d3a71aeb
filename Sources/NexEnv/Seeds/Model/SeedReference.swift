/// `set/label` or `set/label#field`.
package struct SeedReference: Sendable, Hashable, CustomStringConvertible {
    package var set: String
    package var label: String
    package var field: String?

    /// Reads a reference; a label may contain anything but `#`.
    package init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        let rest = text[text.index(after: slash)...]
        let hash = rest.firstIndex(of: "#")
        set = String(text[..<slash])
        label = String(rest[..<(hash ?? rest.endIndex)])
        field = hash.map { String(rest[rest.index(after: $0)...]) }
        guard !set.isEmpty, !label.isEmpty, field?.isEmpty != true else { return nil }
    }

    package var description: String { "\(set)/\(label)\(field.map { "#\($0)" } ?? "")" }
}

/// A text with `${ref:set/label}` and `${field}` in it; `$${` is a literal `${`.
enum SeedTemplate {
    enum Part: Hashable {
        case text(String)
        case reference(SeedReference)
        /// Another field of the same row.
        case field(String)
    }

    /// Returns the parts, or nothing where a brace is not closed or holds nothing.
    static func parts(of text: String) -> [Part]? {
        var parts: [Part] = []
        var rest = text.unicodeScalars[...]
        var literal = String.UnicodeScalarView()
        while let dollar = rest.firstIndex(of: "$") {
            literal.append(contentsOf: rest[..<dollar])
            rest = rest[dollar...]
            if rest.starts(with: "$${".unicodeScalars) {
                literal.append(contentsOf: "${".unicodeScalars)
                rest = rest.dropFirst(3)
            } else if rest.starts(with: "${".unicodeScalars) {
                guard let close = rest.firstIndex(of: "}") else { return nil }
                let inside = String(rest[rest.index(rest.startIndex, offsetBy: 2)..<close])
                rest = rest[rest.index(after: close)...]
                if !literal.isEmpty { parts.append(.text(String(literal))) }
                literal = String.UnicodeScalarView()
                if inside.hasPrefix("ref:") {
                    guard let reference = SeedReference(String(inside.dropFirst(4))) else { return nil }
                    parts.append(.reference(reference))
                } else {
                    guard !inside.isEmpty else { return nil }
                    parts.append(.field(inside))
                }
            } else {
                literal.append("$")
                rest = rest.dropFirst()
            }
        }
        literal.append(contentsOf: rest)
        if !literal.isEmpty { parts.append(.text(String(literal))) }
        return parts
    }
}
