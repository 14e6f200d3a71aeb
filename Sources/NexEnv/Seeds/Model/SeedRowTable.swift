import Foundation

/// The rows of a set as its file has them, found by label.
struct SeedRowTable {
    /// A row whose values are not known yet.
    struct Row {
        var label: String?
        var position: SourcePosition?
        var fields: [Cell]

        subscript(_ name: String) -> Cell? { fields.first { $0.name == name } }

        /// What identifies the row where it says nothing of an identity: its key, when that is one column.
        func identity(key: [String]) -> Cell? {
            fields.first { $0.isIdentity } ?? (key.count == 1 ? self[key[0]] : nil)
        }
    }

    /// A column's value: written in YAML, where it may be a reference, or read from a file of plain data.
    struct Cell {
        var name: String
        var content: Content

        enum Content {
            case node(YAMLNode)
            case value(SeedValue)
        }

        var node: YAMLNode? { if case .node(let node) = content { node } else { nil } }
        var isIdentity: Bool { node?.tag == "id" }
        var isSecret: Bool { node?.hasTag("hash") ?? false }
    }

    private(set) var rows: [Row] = []
    private var indexes: [String: Int] = [:]

    var labels: [String] { rows.compactMap(\.label) }

    func row(labelled label: String) -> Row? { indexes[label].map { rows[$0] } }

    /// Reads the rows that a set's own file holds, or the YAML file that it names.
    init(_ entry: SeedBook.Entry, _ context: DecodingContext) {
        var node = entry.set.rows
        if let path = entry.set.source?.yaml {
            do {
                node = try YAMLReader.read(SourceFile.read(path.path))
            } catch {
                context.report(error.all)
            }
        }
        guard let node else { return }
        if let entries = node.entries {
            for row in entries { add(label: row.key.name, row.value, at: row.key.position, entry, context) }
        } else if let elements = node.elements {
            for element in elements { add(label: nil, element, at: element.position, entry, context) }
        } else if !node.isNull {
            context.wrongType(node, expected: "rows by label, or a list of rows")
        }
    }

    /// Creates the rows of a file of plain data.
    init(_ rows: [Row]) {
        for row in rows { append(row) }
    }

    private mutating func add(
        label: String?,
        _ node: YAMLNode,
        at position: SourcePosition,
        _ entry: SeedBook.Entry,
        _ context: DecodingContext
    ) {
        guard let fields = node.isNull ? [] : node.entries else {
            context.wrongType(node, expected: "a row: columns and their values")
            return
        }
        var row = Row(
            label: label,
            position: position,
            fields: fields.map { Cell(name: $0.key.name, content: .node($0.value)) }
        )
        for common in entry.set.defaults?.entries ?? [] where row[common.key.name] == nil {
            row.fields.append(Cell(name: common.key.name, content: .node(common.value)))
        }
        if label == nil, let column = entry.set.source?.label, case .node(let node)? = row[column]?.content {
            row.label = node.text
        }
        append(row)
    }

    private mutating func append(_ row: Row) {
        if let label = row.label { indexes[label] = rows.count }
        rows.append(row)
    }
}

/// The labels of generated rows: a text with the row's number in it.
struct SeedLabels: Sendable, Hashable {
    private let prefix: String
    private let suffix: String
    private let count: Int

    init(_ generation: SeedGeneration) {
        let parts = generation.label.components(separatedBy: "{n}")
        prefix = parts[0]
        suffix = parts.dropFirst().joined(separator: "{n}")
        count = generation.count
    }

    /// Returns a row's label; rows count from 0, labels from 1.
    func label(ofRow row: Int) -> String { "\(prefix)\(row + 1)\(suffix)" }

    /// Returns the row of a label, or nothing for one that no row has.
    func row(ofLabel label: String) -> Int? {
        guard label.hasPrefix(prefix), label.hasSuffix(suffix), label.count > prefix.count + suffix.count else {
            return nil
        }
        let digits = label.dropFirst(prefix.count).dropLast(suffix.count)
        guard let number = Int(digits), number >= 1, number <= count, "\(number)" == digits else { return nil }
        return number - 1
    }

    /// The first label and the last, for hints.
    var range: String { count == 0 ? "none" : "`\(label(ofRow: 0))` to `\(label(ofRow: count - 1))`" }
}
