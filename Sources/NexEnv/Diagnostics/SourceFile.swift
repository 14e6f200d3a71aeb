/// A text file that the user wrote, kept whole so that a problem can show the line it is about.
package final class SourceFile: Sendable {
    /// The absolute path with links resolved; what relative paths in the file start from.
    package let path: String

    /// The path as a person wants to read it: relative to the working directory where that is shorter.
    package let displayPath: String

    /// The content, valid UTF-8 without a byte-order mark.
    package let text: String

    /// The line that the text starts with: not 1 where it is an excerpt of a file too large to be kept.
    package let firstLine: Int

    /// Creates a source file from text that has already been read.
    package init(path: String, displayPath: String, text: String, firstLine: Int = 1) {
        self.path = path
        self.displayPath = displayPath
        self.text = text
        self.firstLine = firstLine
    }

    /// Returns the text of a line without its line end, or nothing outside of the text.
    ///
    /// - Parameter number: The line, counted from 1.
    package func line(_ number: Int) -> Substring? {
        guard number >= firstLine else { return nil }
        var current = firstLine
        var start = text.utf8.startIndex
        let bytes = text.utf8
        while current < number {
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            start = bytes.index(after: end)
            current += 1
        }
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        var line = text[start..<end]
        if line.utf8.last == UInt8(ascii: "\r") { line = Substring(line.unicodeScalars.dropLast()) }
        return line
    }
}

extension SourceFile: Hashable {
    package static func == (left: SourceFile, right: SourceFile) -> Bool {
        left === right
            || (left.path == right.path && left.text == right.text && left.firstLine == right.firstLine)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(path)
    }
}
