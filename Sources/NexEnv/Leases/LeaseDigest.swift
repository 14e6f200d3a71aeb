import Foundation

/// Stands for all that a template is made from, in twelve hex digits: the same digest, the same content.
struct LeaseDigest {
    /// Raised whenever the same inputs would make another template.
    private static let version = 2

    private let stack: Stack
    private let book: SeedBook
    private let key: String
    private var digests: SeedFileDigests
    /// The files and folders that were read, in the order in which they were.
    private(set) var watched: [String] = []

    init(_ stack: Stack, _ book: SeedBook, key: String) {
        self.stack = stack
        self.book = book
        self.key = key
        digests = SeedFileDigests(stack.project)
    }

    /// Returns the digests of a database without sets: before its migrations, after the first of their files, and so on; the last
    /// is that of ``digest(of:_:)``.
    mutating func chain(of place: DatabasePlace) throws -> [String] {
        var parts = try schema(of: place)
        let files = parts.files
        return try (0...files.count).map { count in
            parts.files = Array(files.prefix(count))
            return try digest([parts.text], place, [])
        }
    }

    /// Returns the digest of a database with sets in it.
    mutating func digest(of place: DatabasePlace, _ sets: [SeedBook.Entry]) throws -> String {
        try digest([schema(of: place).text], place, sets)
    }

    private mutating func digest(_ schema: [String], _ place: DatabasePlace, _ sets: [SeedBook.Entry]) throws -> String
    {
        var parts = ["\(Self.version)", stack.environment.name, stack.environment.appliedMode ?? ""] + schema
        // The identities of rows that are referred to are made as their tables want them.
        let others = Set(book.withReferences(sets).map(\.set.target.place)).subtracting([place])
        for other in others.sorted(by: { "\($0)" < "\($1)" }) { parts.append(try self.schema(of: other).text) }
        var fingerprint = SeedFingerprint(book, key: key, digests)
        for entry in sets.sorted(by: { $0.name < $1.name }) { parts.append(try fingerprint(entry, shape: "")) }
        for entry in book.withReferences(sets) {
            if let file = entry.set.source?.file { watched.append(file.path.path) }
        }
        return String(SHA256Digest.hex(of: parts.joined(separator: "\u{0}")).prefix(12))
    }

    /// What a database is without its seeds.
    private struct Schema {
        var parts: [String] = []
        /// The files of its migrations, with their digests.
        var files: [String] = []

        var text: String { (parts + files).joined(separator: "\u{1}") }
    }

    private mutating func schema(of place: DatabasePlace) throws -> Schema {
        guard let service = stack.environment[place.service], let engine = service.engine as? any LeasableEngine else {
            return Schema()
        }
        let inputs = engine.leaseInputs(of: place.database)
        var schema = Schema()
        schema.parts = ["\(place)", service.options.image ?? "", service.options.version ?? "", inputs.words]
        for file in inputs.files { schema.parts += [file.written, try digest(file.path)] }
        for folder in inputs.folders {
            watched.append(folder.path)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            for name in names where !name.hasPrefix(".") {
                schema.files.append("\(name)\u{1}\(try digest("\(folder.path)/\(name)"))")
            }
        }
        return schema
    }

    private mutating func digest(_ path: String) throws -> String {
        watched.append(path)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return "" }
        return try digests.digest(of: path)
    }
}
