/// A place in a source file, as editors count it.
package struct SourcePosition: Sendable, Hashable {
    /// The file.
    package var file: SourceFile

    /// The line, counted from 1.
    package var line: Int

    /// The column, counted from 1 in Unicode scalars.
    package var column: Int

    /// How many scalars the caret line underlines; at least 1.
    package var length: Int

    /// Creates a position.
    package init(file: SourceFile, line: Int, column: Int, length: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
        self.length = max(1, length)
    }

    /// Creates the position of a character offset.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - offset: How many scalars stand before the place; past the end means the end.
    package init(file: SourceFile, scalarOffset offset: Int) {
        var line = 1
        var column = 1
        for scalar in file.text.unicodeScalars.prefix(offset) {
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        self.init(file: file, line: line, column: column)
    }
}

extension SourcePosition: CustomStringConvertible {
    /// `path:line:column`, the form that terminals and editors turn into a link.
    package var description: String { "\(file.displayPath):\(line):\(column)" }
}

extension SourcePosition: Comparable {
    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.file.displayPath, left.line, left.column) < (right.file.displayPath, right.line, right.column)
    }
}
