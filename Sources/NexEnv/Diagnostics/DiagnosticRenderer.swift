/// Prints diagnostics: the place, the sentence, the line with a caret, the hint.
package struct DiagnosticRenderer: Sendable {
    /// Whether escape sequences colour the output.
    package var style: TerminalStyle

    package init(style: TerminalStyle) {
        self.style = style
    }

    /// Returns the lines for one problem, each with a line end.
    package func render(_ diagnostic: Diagnostic) -> String {
        var out = ""
        let label =
            switch diagnostic.severity {
            case .error: style.red("error")
            case .warning: style.yellow("warning")
            case .note: style.blue("note")
            }
        if let position = diagnostic.position { out += style.bold("\(position)") + ": " }
        out += "\(label): \(Self.printable(diagnostic.message)) \(style.dim("[\(diagnostic.code.rawValue)]"))\n"
        if let position = diagnostic.position { out += excerpt(position) }
        for related in diagnostic.related {
            out += "\(style.bold("\(related.position)")): \(style.blue("note")): \(Self.printable(related.message))\n"
            out += excerpt(related.position)
        }
        if let hint = diagnostic.hint { out += "  \(style.green("hint")): \(Self.printable(hint))\n" }
        return out
    }

    /// Returns the first fifty problems in the order they stand in, followed by a count when there are several.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        let shown = diagnostics.prefix(50)
        var out = shown.map(render).joined()
        let errors = diagnostics.count { $0.severity == .error }
        if errors > 1 {
            out += "\(errors) errors\(shown.count < diagnostics.count ? ", the first \(shown.count) are shown" : "")\n"
        }
        return out
    }

    /// Returns the source line and a caret under it; long lines are cut around the column so that they fit 100 columns.
    private func excerpt(_ position: SourcePosition) -> String {
        guard let line = position.file.line(position.line) else { return "" }
        // Only the neighbourhood of the place is looked at: a line may have megabytes.
        let skipped = max(0, position.column - 200)
        var scalars = Array(line.unicodeScalars.dropFirst(skipped).prefix(400))
        let isLong = skipped > 0 || line.unicodeScalars.dropFirst(skipped + 400).first != nil
        scalars = scalars.map { $0 == "\t" || !Self.isObeyed($0) ? $0 : "?" }
        var column = min(position.column - 1 - skipped, scalars.count)
        var length = min(position.length, max(1, scalars.count - column))
        if scalars.count > 100 {
            let start = max(0, min(column - 40, scalars.count - 100))
            let lead = start > 0 || skipped > 0 ? Array("…".unicodeScalars) : []
            let end = min(scalars.count, start + 100)
            let tail = end < scalars.count || (isLong && skipped == 0) ? Array("…".unicodeScalars) : []
            scalars = lead + scalars[start..<end] + tail
            column = column - start + lead.count
        }
        length = min(length, max(1, scalars.count - column))
        let number = String(position.line)
        let gutter = String(repeating: " ", count: number.count)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        var pad = String.UnicodeScalarView()
        pad.append(contentsOf: scalars.prefix(column).map { $0 == "\t" ? "\t" : " " })
        return " \(style.dim("\(number) |")) \(String(text))\n"
            + " \(gutter) \(style.dim("|")) \(String(pad))\(style.green(String(repeating: "^", count: length)))\n"
    }

    /// Returns a text in which nothing moves the cursor or colours the terminal: what is shown comes from somebody's file.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isObeyed) else { return text }
        var out = String.UnicodeScalarView()
        out.append(contentsOf: text.unicodeScalars.map { $0 == "\n" || !isObeyed($0) ? $0 : "?" })
        return String(out)
    }

    /// Whether a terminal obeys a character instead of showing it: C0, DEL, C1, and what turns the direction of a text.
    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
