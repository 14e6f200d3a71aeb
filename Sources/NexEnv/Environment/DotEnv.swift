/// A file of `NAME=value` lines, as compose and most frameworks read it.
///
/// `export` before a name, comments, single quotes (nothing is replaced), double quotes (`\n`, `\r`, `\t`, `\"`, `\\`, `\$`)
/// and values over several lines inside quotes are understood.
package struct DotEnv: Sendable {
    /// The variables, the last one of a name winning.
    package private(set) var variables: [String: String] = [:]

    package init() {}

    /// Parses a file.
    ///
    /// - Throws: ``Diagnostics`` with each line that is not understood.
    package init(_ file: SourceFile) throws(Diagnostics) {
        var parser = Parser(file: file)
        while parser.parseLine(into: &variables) {}
        guard parser.problems.isEmpty else { throw Diagnostics(parser.problems) }
    }

    /// Returns a value in the form that this parser reads back unchanged.
    package static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.unicodeScalars.allSatisfy { isPlainScalar($0) }
        if isPlain { return value }
        var out = "\""
        for character in value.unicodeScalars {
            switch character {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "$": out += "\\$"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default: out.unicodeScalars.append(character)
            }
        }
        return out + "\""
    }

    private static func isPlainScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", "/", ":", "@", "+", ",", "%", "~", "=", "?", "&": true
        default: false
        }
    }

    private struct Parser {
        let file: SourceFile
        let scalars: [Unicode.Scalar]
        var index = 0
        var problems: [Diagnostic] = []

        init(file: SourceFile) {
            self.file = file
            scalars = Array(file.text.unicodeScalars)
        }

        var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

        /// Reads one line; returns whether there may be another.
        mutating func parseLine(into variables: inout [String: String]) -> Bool {
            skipBlanks()
            guard let first = current else { return false }
            if first == "#" || first == "\n" || first == "\r" {
                skipLine()
                return true
            }
            let start = index
            if scalars[index...].starts(with: "export".unicodeScalars), index + 6 < scalars.count,
                isBlank(scalars[index + 6])
            {
                index += 6
                skipBlanks()
            }
            var name = ""
            while let scalar = current, scalar != "=", scalar != "\n" {
                name.unicodeScalars.append(scalar)
                index += 1
            }
            while name.unicodeScalars.last == " " || name.unicodeScalars.last == "\t" {
                name.unicodeScalars.removeLast()
            }
            guard current == "=", isName(name) else {
                report("expected NAME=value", at: start)
                skipLine()
                return true
            }
            index += 1
            skipBlanks()
            if let value = parseValue() { variables[name] = value }
            return true
        }

        private mutating func parseValue() -> String? {
            switch current {
            case "'": parseQuoted("'", escapes: false)
            case "\"": parseQuoted("\"", escapes: true)
            default: parsePlain()
            }
        }

        private mutating func parsePlain() -> String {
            var value = String.UnicodeScalarView()
            while let scalar = current, scalar != "\n" {
                if scalar == "#", let last = value.last, last == " " || last == "\t" { break }
                value.append(scalar)
                index += 1
            }
            skipLine()
            while let last = value.last, last == " " || last == "\t" || last == "\r" { value.removeLast() }
            return String(value)
        }

        private mutating func parseQuoted(_ quote: Unicode.Scalar, escapes: Bool) -> String? {
            let start = index
            index += 1
            var value = String.UnicodeScalarView()
            while let scalar = current, scalar != quote {
                index += 1
                guard escapes, scalar == "\\", let escaped = current else {
                    value.append(scalar)
                    continue
                }
                index += 1
                switch escaped {
                case "n": value.append("\n")
                case "r": value.append("\r")
                case "t": value.append("\t")
                case "\"", "\\", "$": value.append(escaped)
                default: value.append(contentsOf: [scalar, escaped])
                }
            }
            guard current == quote else {
                report("the quote is never closed", at: start)
                index = scalars.count
                return nil
            }
            index += 1
            skipLine()
            return String(value)
        }

        private func isName(_ name: String) -> Bool {
            guard let first = name.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else {
                return false
            }
            return name.unicodeScalars.allSatisfy {
                $0 == "_" || $0 == "." || $0 == "-" || $0.properties.isAlphabetic || $0.properties.numericType != nil
                    || $0 == "%"
            }
        }

        private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

        private mutating func skipBlanks() {
            while let scalar = current, isBlank(scalar) { index += 1 }
        }

        private mutating func skipLine() {
            while let scalar = current, scalar != "\n" { index += 1 }
            if current != nil { index += 1 }
        }

        private mutating func report(_ message: String, at offset: Int) {
            let position = SourcePosition(file: file, scalarOffset: offset)
            problems.append(Diagnostic(.invalidValue, message, at: position, hint: "write it as NAME=value"))
            // A file with this many of them is something else than an env file.
            if problems.count == 20 { index = scalars.count }
        }
    }
}
