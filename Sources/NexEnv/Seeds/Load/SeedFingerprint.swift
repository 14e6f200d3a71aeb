import Foundation

/// What decides whether a set has to be looked at again, in a few characters: its words and those of the sets it names, the
/// files behind it, the types of its target.
struct SeedFingerprint {
    private let book: SeedBook
    private let key: String
    private var digests: SeedFileDigests
    private var texts: [String: String] = [:]

    /// Raised whenever the same words would give other rows.
    private static let version = 1

    init(_ book: SeedBook, key: String, _ digests: SeedFileDigests) {
        self.book = book
        self.key = key
        self.digests = digests
    }

    /// Returns a set's fingerprint; keyed, since it may hold a password that was put in for a variable.
    mutating func callAsFunction(_ entry: SeedBook.Entry, shape: String) throws -> String {
        var names: Set<String> = [entry.name]
        // A query reads what is in tables, so what comes before it counts as well.
        var open = book.references(of: entry) + (entry.set.source?.query == nil ? [] : entry.set.after)
        while let name = open.popLast() {
            guard names.insert(name).inserted, let entry = book[name] else { continue }
            open += book.references(of: entry)
        }
        let texts = try names.sorted().map { try book[$0].map { try text(of: $0) } ?? "" }
        let all = ["\(Self.version)", shape] + texts
        return String(SHA256Digest.keyedHex(of: all.joined(separator: "\u{0}"), key: key).prefix(32))
    }

    private mutating func text(of entry: SeedBook.Entry) throws -> String {
        if let text = texts[entry.name] { return text }
        let set = entry.set
        var parts = [
            entry.name, "\(entry.clock)", set.target.written, set.mode.rawValue, "\(set.identities?.rawValue ?? "")",
        ]
        parts += set.key + ["|"] + set.insertOnly + ["|"]
        for node in [set.rows, set.defaults, set.generation?.hidden, set.generation?.fields] {
            parts.append(node.map { canonical($0, entry.variables) } ?? "")
        }
        if let generation = set.generation { parts += ["\(generation.count)", generation.seed, generation.label] }
        if let source = set.source, let file = source.file {
            parts += [file.kind, try digests.digest(of: file.path.path), source.null, source.delimiter]
            parts += [source.label ?? ""] + source.inputs + source.columns.flatMap { [$0.name, $0.value] }
        }
        let text = parts.joined(separator: "\u{1}")
        texts[entry.name] = text
        return text
    }

    /// A node as text that is the same for the same meaning, whatever its quotes, blanks and comments.
    private func canonical(_ node: YAMLNode, _ variables: [String: String]) -> String {
        let tag = node.tag.map { "!\($0)\u{2}" } ?? ""
        switch node.content {
        case .scalar(let text):
            let value = node.tag == "env" ? variables[text.components(separatedBy: ":-")[0]] ?? "" : ""
            return "\(tag)\(node.isPlain ? "p" : "q")\(text)\u{2}\(value)\u{3}"
        case .sequence(let elements): return "\(tag)[\(elements.map { canonical($0, variables) }.joined())]"
        case .mapping(let entries):
            let members = entries.map { "\($0.key.name)\u{2}\(canonical($0.value, variables))" }
            return "\(tag){\(members.joined())}"
        }
    }
}

/// The digests of files, kept by size and time of change, so that a file of gigabytes is read once.
struct SeedFileDigests {
    private struct Entry: Codable, Hashable {
        var size: Int64
        var changed: Int64
        var inode: UInt64
        var digest: String
    }

    private let path: String
    private var entries: [String: Entry]

    init(_ project: Project) {
        path = project.folder + "/seed-files.json"
        let data = FileManager.default.contents(atPath: path)
        entries = data.flatMap { try? JSONDecoder().decode([String: Entry].self, from: $0) } ?? [:]
    }

    mutating func digest(of file: String) throws -> String {
        let status = try FileStatus(of: file)
        if let known = entries[file], known.size == status.size, known.changed == status.changed,
            known.inode == status.inode
        {
            return known.digest
        }
        let digest = try SHA256Digest.hex(ofFile: file)
        entries[file] = Entry(size: status.size, changed: status.changed, inode: status.inode, digest: digest)
        // A cache: what can't be kept is read again.
        if let data = try? JSONEncoder().encode(entries) {
            try? PrivateFile.write(String(decoding: data, as: UTF8.self), to: path)
        }
        return digest
    }
}
