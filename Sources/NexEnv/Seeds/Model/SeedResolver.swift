import Foundation

/// Turns what a file says into values: references, identities, times, templates, variables.
///
/// Used by one task; problems are collected, with their places.
package final class SeedResolver {
    package let book: SeedBook
    package let context: DecodingContext

    private let identities: SeedIdentities
    private var tables: [String: SeedRowTable] = [:]

    /// The values that are being looked up, to find those that need themselves.
    private var path: [String] = []

    package init(
        _ book: SeedBook,
        _ identities: SeedIdentities,
        _ context: DecodingContext = DecodingContext()
    ) {
        self.book = book
        self.identities = identities
        self.context = context
    }

    // MARK: - Rows

    /// Returns the rows that a file holds outright, each with all its values; rows with problems are left out.
    package func records(of entry: SeedBook.Entry) -> [SeedRow] {
        table(of: entry).rows.compactMap { record($0, of: entry) }
    }

    /// Returns a row's values.
    private func record(_ row: SeedRowTable.Row, of entry: SeedBook.Entry) -> SeedRow? {
        var record = SeedRow(label: row.label, position: row.position, fields: [])
        for cell in row.fields {
            let scope = Scope(entry: entry, row: row, field: cell.name)
            switch cell.content {
            case .value(let value): record.fields.append(.init(cell.name, value))
            case .node(let node):
                guard let value = value(node, in: scope, secrets: &record.secrets, path: [cell.name]) else {
                    return nil
                }
                record.fields.append(.init(cell.name, value))
            }
        }
        let identity = row.identity(key: entry.set.key)?.name
        record.identity = record.fields.first { $0.name == identity }?.value
        return record
    }

    /// Where a value stands.
    struct Scope {
        var entry: SeedBook.Entry
        var row: SeedRowTable.Row?
        var field: String
    }

    private func table(of entry: SeedBook.Entry) -> SeedRowTable {
        if let table = tables[entry.name] { return table }
        let table = SeedRowTable(entry, context)
        tables[entry.name] = table
        return table
    }

    // MARK: - Values

    /// Returns the value of a node that stands in no row, such as what all generated rows have in common.
    package func constant(_ node: YAMLNode, of entry: SeedBook.Entry, field: String) -> SeedValue? {
        var secrets: [SeedSecret] = []
        let value = value(node, in: Scope(entry: entry, row: nil, field: field), secrets: &secrets, path: [field])
        return secrets.isEmpty ? value : nil
    }

    /// Returns the password whose hash all rows of a generated set shall have.
    func secret(of node: YAMLNode, _ entry: SeedBook.Entry, field: String) -> SeedColumnSecret? {
        secret(node, in: Scope(entry: entry, row: nil, field: field), path: [field]).map {
            SeedColumnSecret(column: field, $0)
        }
    }

    private func value(
        _ node: YAMLNode,
        in scope: Scope,
        secrets: inout [SeedSecret],
        path: [String]
    ) -> SeedValue? {
        if node.tag == "hash" {
            guard let secret = secret(node, in: scope, path: path) else { return nil }
            secrets.append(secret)
            return .null
        }
        // Passwords may lie in documents, and their places are needed; all else is one walk.
        if node.tag == nil, let entries = node.entries, entries.contains(where: { $0.value.hasTag("hash") }) {
            var fields: [SeedValue.Field] = []
            for entry in entries {
                let name = entry.key.name
                guard let value = value(entry.value, in: scope, secrets: &secrets, path: path + [name]) else {
                    return nil
                }
                fields.append(.init(name, value))
            }
            return .document(fields)
        }
        return SeedValue.read(node, context) { tagged($0, in: scope) }
    }

    /// Reads what a tag stands before.
    private func tagged(_ node: YAMLNode, in scope: Scope) -> SeedValue? {
        switch node.tag {
        case "id": return identity(node, in: scope)
        case "ref": return reference(node)
        case "env": return variable(node, scope.entry.variables).map { .text($0) }
        case "at": return moment(node, clock: scope.entry.clock)
        case "tpl": return template(node, in: scope)
        case "gen": return generated(node, in: scope)
        case "hash":
            problem("`!hash` may stand in a document, not in a list", node)
            return nil
        default:
            let name = node.tag ?? ""
            let known = ["id", "ref", "env", "at", "tpl", "gen", "hash"]
            problem("there is no tag `!\(name)`", node, hint: Suggestion.hint(for: name, among: known, noun: "tags"))
            return nil
        }
    }

    private func identity(_ node: YAMLNode, in scope: Scope) -> SeedValue? {
        guard let label = scope.row?.label else {
            problem("`!id` needs a row with a label", node, hint: "write the rows by label: `rows: { root: { … } }`")
            return nil
        }
        return identities.value(set: scope.entry.name, label: label, field: scope.field)
    }

    private func moment(_ node: YAMLNode, clock: Int64) -> SeedValue? {
        guard let text = node.text, let time = SeedMoment.parse(text, clock: clock) else {
            problem("expected a time or an offset such as `-3d`, found \(node.kindDescription)", node)
            return nil
        }
        return .time(time)
    }

    private func variable(_ node: YAMLNode, _ variables: [String: String]) -> String? {
        guard let text = node.text, !text.isEmpty else {
            problem("expected the name of a variable, found \(node.kindDescription)", node)
            return nil
        }
        let parts = text.components(separatedBy: ":-")
        if let value = variables[parts[0]], parts.count == 1 || !value.isEmpty { return value }
        if parts.count > 1 { return parts.dropFirst().joined(separator: ":-") }
        context.report(
            .undefinedVariable,
            "`\(text)` is not set",
            at: node.position,
            hint: "set it in the environment or the env file, or write `!env \(text):-default`"
        )
        return nil
    }

    private func generated(_ node: YAMLNode, in scope: Scope) -> SeedValue? {
        problem("`!gen` belongs into `generate`", node)
        return nil
    }

    private func secret(_ node: YAMLNode, in scope: Scope, path: [String]) -> SeedSecret? {
        var options = SeedHashOptions()
        if node.entries != nil {
            var plain = node
            plain.tag = nil
            guard let decoded = SeedHashOptions.shape.value.decode(plain, context) else { return nil }
            options = decoded
        } else {
            options.source = node
        }
        guard var source = options.source else { return nil }
        if node.entries == nil { source.tag = nil }
        guard let value = SeedValue.read(source, context, tagged: { tagged($0, in: scope) }) else { return nil }
        guard case .text(let password) = value, !password.isEmpty else {
            problem("expected a password, found \(source.kindDescription)", source)
            return nil
        }
        guard let scheme = options.hash.scheme(at: node.position, context) else { return nil }
        return SeedSecret(path: path, password: password, scheme: scheme, position: node.position)
    }

    // MARK: - References

    private func reference(_ node: YAMLNode) -> SeedValue? {
        guard let text = node.text, let reference = SeedReference(text) else {
            problem("expected `set/label` or `set/label#field`, found \(node.kindDescription)", node)
            return nil
        }
        return value(of: reference, at: node)
    }

    /// Returns what a reference stands for.
    private func value(of reference: SeedReference, at node: YAMLNode) -> SeedValue? {
        guard let entry = book[reference.set] else {
            let hint = Suggestion.hint(for: reference.set, among: book.names, noun: "sets")
            context.report(.unknownReference, "there is no set `\(reference.set)`", at: node.position, hint: hint)
            return nil
        }
        if let generation = entry.set.generation {
            let labels = SeedLabels(generation)
            guard let row = labels.row(ofLabel: reference.label) else {
                unknownLabel(reference, node, hint: "its labels are \(labels.range)")
                return nil
            }
            if let field = reference.field {
                problem("`\(reference.set)` is generated; only its identities can be named, not `\(field)`", node)
                return nil
            }
            let field = generation.fields?.entries?.first { $0.value.tag == "id" }?.key.name ?? "id"
            return identities.column(of: entry.name, generation, field: field).value(row)
        }
        let table = table(of: entry)
        guard let row = table.row(labelled: reference.label) else {
            let hint = Suggestion.hint(for: reference.label, among: table.labels, noun: "labels")
            unknownLabel(reference, node, hint: hint)
            return nil
        }
        return value(of: reference, row, entry, at: node)
    }

    private func value(
        of reference: SeedReference,
        _ row: SeedRowTable.Row,
        _ entry: SeedBook.Entry,
        at node: YAMLNode
    ) -> SeedValue? {
        let found = reference.field.map { row[$0] } ?? row.identity(key: entry.set.key)
        guard let cell = found else {
            if let name = reference.field {
                let hint = Suggestion.hint(for: name, among: row.fields.map(\.name), noun: "fields")
                let message = "`\(entry.name)/\(reference.label)` has no field `\(name)`"
                context.report(.unknownReference, message, at: node.position, hint: hint)
            } else {
                problem(
                    "the rows of `\(entry.name)` have no `!id`",
                    node,
                    hint: "name a field: `!ref \(reference)#field`"
                )
            }
            return nil
        }
        return value(of: cell, row, entry, at: node)
    }

    /// Returns the value of another column, of this row or another one.
    private func value(
        of cell: SeedRowTable.Cell,
        _ row: SeedRowTable.Row,
        _ entry: SeedBook.Entry,
        at node: YAMLNode
    ) -> SeedValue? {
        let step = "\(entry.name)/\(row.label ?? "")#\(cell.name)"
        guard !path.contains(step), path.count < 100 else {
            problem("the value needs itself: \((path.drop { $0 != step } + [step]).joined(separator: " → "))", node)
            return nil
        }
        guard !cell.isSecret else {
            problem("`\(step)` is the hash of a password, which is known only to its server", node)
            return nil
        }
        guard let source = cell.node else {
            if case .value(let value) = cell.content { return value }
            return nil
        }
        path.append(step)
        defer { path.removeLast() }
        let scope = Scope(entry: entry, row: row, field: cell.name)
        return SeedValue.read(source, context) { tagged($0, in: scope) }
    }

    private func unknownLabel(_ reference: SeedReference, _ node: YAMLNode, hint: String?) {
        let message = "`\(reference.set)` has no row `\(reference.label)`"
        context.report(.unknownReference, message, at: node.position, hint: hint)
    }

    // MARK: - Templates

    private func template(_ node: YAMLNode, in scope: Scope) -> SeedValue? {
        guard let text = node.text, let parts = SeedTemplate.parts(of: text) else {
            problem("expected a text with `${…}` in it, each closed, found \(node.kindDescription)", node)
            return nil
        }
        var out = ""
        for part in parts {
            switch part {
            case .text(let text): out += text
            case .reference(let reference):
                guard let value = value(of: reference, at: node) else { return nil }
                out += value.plainText
            case .field(let name):
                guard let value = sibling(name, node, in: scope) else { return nil }
                out += value.plainText
            }
        }
        return .text(out)
    }

    /// Returns another field of the same row.
    private func sibling(_ name: String, _ node: YAMLNode, in scope: Scope) -> SeedValue? {
        guard let row = scope.row, let cell = row[name] else {
            let hint = Suggestion.hint(for: name, among: scope.row?.fields.map(\.name) ?? [], noun: "fields")
            context.report(.unknownReference, "the row has no field `\(name)`", at: node.position, hint: hint)
            return nil
        }
        return value(of: cell, row, scope.entry, at: node)
    }

    private func problem(_ message: String, _ node: YAMLNode, hint: String? = nil) {
        context.report(.invalidValue, message, at: node.position, hint: hint)
    }
}

/// What `!hash` says.
private struct SeedHashOptions: Sendable {
    var hash = PasswordOptions()
    var source: YAMLNode?

    static let shape = Shape<SeedHashOptions>(
        "`!hash`",
        "The hash of a password.",
        defaults: SeedHashOptions(),
        PasswordOptions.shape.fields.map { $0.lifted(\.hash) } + [
            Field("from", \.source, .anything, isRequired: true, "The password, such as `!env ADMIN_PASSWORD`.")
        ]
    )
}

extension YAMLNode {
    /// Whether a tag stands on the value or anywhere in it.
    func hasTag(_ name: String) -> Bool {
        if tag == name { return true }
        if let entries { return entries.contains { $0.value.hasTag(name) } }
        return elements?.contains { $0.hasTag(name) } ?? false
    }
}
