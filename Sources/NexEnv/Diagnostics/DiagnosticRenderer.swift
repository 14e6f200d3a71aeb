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
        out += "\(label): \(diagnostic.message) \(style.dim("[\(diagnostic.code.rawValue)]"))\n"
        if let position = diagnostic.position { out += excerpt(position) }
        for related in diagnostic.related {
            out += "\(style.bold("\(related.position)")): \(style.blue("note")): \(related.message)\n"
            out += excerpt(related.position)
        }
        if let hint = diagnostic.hint { out += "  \(style.green("hint")): \(hint)\n" }
        return out
    }

    /// Returns all problems in the order they stand in, followed by a count when there are several.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        var out = diagnostics.map(render).joined()
        let errors = diagnostics.count { $0.severity == .error }
        if errors > 1 { out += "\(errors) errors\n" }
        return out
    }

    /// Returns the source line and a caret under it; long lines are cut around the column so that they fit 100 columns.
    private func excerpt(_ position: SourcePosition) -> String {
        guard let line = position.file.line(position.line) else { return "" }
        var scalars = Array(line.unicodeScalars.prefix(10_000)).map { $0 == "\t" || $0.value >= 0x20 ? $0 : "?" }
        var column = min(position.column - 1, scalars.count)
        var length = min(position.length, max(1, scalars.count - column))
        if scalars.count > 100 {
            let start = max(0, min(column - 40, scalars.count - 100))
            let lead = start > 0 ? Array("…".unicodeScalars) : []
            let end = min(scalars.count, start + 100)
            let tail = end < scalars.count ? Array("…".unicodeScalars) : []
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
}
