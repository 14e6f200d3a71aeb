/// A table of plain columns, two spaces apart.
struct TextTable {
    /// A cell, coloured only after its width is known.
    struct Cell {
        var text: String
        var style: (String) -> String

        init(_ text: String, _ style: @escaping (String) -> String = { $0 }) {
            self.text = text
            self.style = style
        }
    }

    private var rows: [[Cell]]

    init(_ header: [String]) {
        rows = [header.map { Cell($0) }]
    }

    mutating func add(_ row: [Cell]) {
        rows.append(row)
    }

    /// Returns the lines; the last column is wrapped where it would go past the width.
    func render(width: Int) -> String {
        guard let columns = rows.first?.count else { return "" }
        let widths = (0..<columns).map { column in rows.map { $0[column].text.count }.max() ?? 0 }
        let indent = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        var out = ""
        for row in rows {
            var line = ""
            for (column, cell) in row.dropLast().enumerated() {
                line += cell.style(cell.text) + String(repeating: " ", count: widths[column] - cell.text.count + 2)
            }
            let last = row[columns - 1]
            for (index, part) in wrap(last.text, max(20, width - indent)).enumerated() {
                out += (index == 0 ? line : String(repeating: " ", count: indent)) + last.style(part) + "\n"
            }
        }
        return out
    }

    /// A word in parts that fit, broken behind its dots; as it is where it has none.
    private func parts(of word: Substring, _ room: Int) -> [Substring] {
        if word.count <= room { return [word] }
        guard let dot = word.prefix(room).lastIndex(of: "."), word.index(after: dot) < word.endIndex else {
            return [word]
        }
        return [word[...dot]] + parts(of: word[word.index(after: dot)...], room)
    }

    private func wrap(_ text: String, _ room: Int) -> [String] {
        if text.count <= room { return [text] }
        var lines = [""]
        for word in text.split(separator: " ").flatMap({ parts(of: $0, room) }) {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= room {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
