import Foundation
import PostgresClient

/// What is known of a template database: what its copies are compared with, and how they get its rows back.
///
/// It lies in a file beside the rows themselves, in the folder of its copies' slots.
struct PostgresTemplate: Sendable, Codable {
    /// A table that has rows, or could have.
    struct Table: Sendable, Codable {
        /// With its schema, quoted.
        var name: String
        var rows: Int
        /// Whether the rows are kept in a file, so that they can be put back.
        var isSaved: Bool
    }

    /// A sequence as it was.
    struct Sequence: Sendable, Codable, Hashable {
        var name: String
        var lastValue: Int
        var isCalled: Bool
    }

    var owner: String
    /// How copies are made: `STRATEGY FILE_COPY` where nothing is written to disk for good.
    var strategy: String
    var tables: [String: Table]
    var sequences: [String: Sequence]
    /// How many bytes a copy has.
    var bytes: Int
    /// What belongs to the database's name: its settings, rights and connection limit.
    var properties: String
    /// Statements that give a copy these; see ``PostgresNamedProperties``.
    var setUp: String
    var fingerprint: String
    /// SQL that keeps workers out of a copy; nothing where none would come.
    var pausing: String?
    /// The query for tables that come with rows; see ``PostgresFlavor/tablesOfRows``.
    var tablesOfRows: String?

    /// Tables with more bytes than this are not put back row by row: a new copy is made faster.
    private static let bytesAtMost = 4 << 20

    private static func path(_ folder: String) -> String { folder + "/template.json" }
    private static func dataPath(_ folder: String, _ table: String) -> String { "\(folder)/\(table).rows" }

    static func isThere(_ folder: String) -> Bool { FileManager.default.fileExists(atPath: path(folder)) }

    /// Whether sessions of tests may stay in copies; told by a file of its own, since a test's process needs nothing else.
    static func sessionsStay(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/sessions-stay")
    }

    static func noteThatSessionsStay(_ folder: String) throws {
        try PrivateFile.write("", to: folder + "/sessions-stay")
    }

    static func read(_ folder: String) throws -> PostgresTemplate {
        guard let data = FileManager.default.contents(atPath: path(folder)) else {
            throw NexEnvError.systemCall("read \(path(folder))", ENOENT)
        }
        return try JSONDecoder().decode(PostgresTemplate.self, from: data)
    }

    func write(_ folder: String) throws {
        let text = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        try PrivateFile.write(text, to: Self.path(folder))
    }

    /// The statements that give a copy what belongs to its name.
    func setUp(_ name: String) throws -> String {
        try PostgresNamedProperties.fill(setUp, for: name)
    }

    // MARK: - Reading one

    /// Reads what a filled database consists of, and keeps its rows.
    static func read(
        _ connection: PostgresConnection,
        owner: String,
        setUp: String,
        savingTo folder: String
    ) async throws -> PostgresTemplate {
        var template = PostgresTemplate(
            owner: owner,
            strategy: "",
            tables: [:],
            sequences: [:],
            bytes: try await connection.query("SELECT pg_database_size(current_database())")[0].int(0),
            properties: "",
            setUp: setUp,
            fingerprint: try await fingerprint(connection)
        )
        let fsync = try await connection.query("SHOW fsync")[0].string(0)
        // Files are copied faster than blocks are logged, but for the two checkpoints, which cost nothing without fsync only.
        if fsync == "off" { template.strategy = "STRATEGY FILE_COPY" }
        let tables = """
            SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), pg_relation_size(c.oid)
              FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
             WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relpersistence <> 't'
            """
        for row in try await connection.query(tables) {
            let (number, name, bytes) = (try row.string(0), try row.string(1), try row.int(2))
            var table = Table(name: name, rows: 0, isSaved: false)
            if bytes > 0 {
                table.rows = try await connection.query("SELECT count(*) FROM ONLY \(name)")[0].int(0)
                table.isSaved = bytes <= bytesAtMost
                if table.isSaved, table.rows > 0 {
                    let file = try newFile(dataPath(folder, number))
                    try await connection.copyOut("COPY \(name) TO STDOUT (FORMAT binary)") {
                        try file.write(contentsOf: $0)
                    }
                    try file.close()
                }
            }
            template.tables[number] = table
        }
        let sequences = """
            SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname)
              FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
             WHERE c.relkind = 'S' AND c.relpersistence <> 't'
            """
        for row in try await connection.query(sequences) {
            let name = try row.string(1)
            let value = try await connection.query("SELECT last_value, is_called FROM \(name)")[0]
            let sequence = Sequence(name: name, lastValue: try value.int(0), isCalled: try value.bool(1))
            template.sequences[try row.string(0)] = sequence
        }
        return template
    }

    /// Makes a file for rows that nobody else may read.
    private static func newFile(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw NexEnvError.systemCall("write \(path)", errno) }
        return file
    }

    /// What a database consists of, in a few characters: its objects, and the numbers and columns of its relations.
    static func fingerprint(_ connection: PostgresConnection) async throws -> String {
        let schema = try await PostgresFingerprint.read(connection)
        let relations = """
            SELECT md5(coalesce(string_agg(concat_ws(':', c.oid, c.relname, a.attnum, a.attname, a.attisdropped), ','
                                           ORDER BY c.oid, a.attnum), ''))
              FROM pg_class AS c LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
             WHERE c.oid >= 16384 AND c.relkind <> 't' AND c.relpersistence <> 't'
            """
        let parts = schema.objects.sorted { $0.key < $1.key }.map { "\($0.key)\u{1}\($0.value)" }
        let text = parts.joined(separator: "\u{2}") + (try await connection.query(relations)[0].string(0))
        return SHA256Digest.hex(of: text)
    }

    // MARK: - Putting rows back

    /// What undoes changes, in one transaction: statements, then rows in the binary format.
    struct Undoing: Sendable {
        var statements: [String] = []
        var copies: [(statement: String, path: String)] = []
        /// How many rows stay behind that nobody sees, and that take their place.
        var deadRows = 0
    }

    /// How many rows are put back at most.
    ///
    /// With four indexes a row takes 0.010 ms; a new copy 16 ms, 0.65 ms for each megabyte (DROP and CREATE DATABASE, 2
    /// processors), and the longer first connection to it.
    private var rowsAtMost: Int { 2_500 + bytes / 15_000 }

    /// Returns what undoes changes; nothing where they can't be undone so, or where a new copy is made faster.
    ///
    /// - Parameter base: The first transaction that may have changed anything.
    func restoring(_ changes: PostgresChanges, since base: UInt64, _ folder: String) throws -> Undoing? {
        guard !changes.isBeyondRows else { return nil }
        var undoing = Undoing()
        var rows = 0
        for change in changes.tables {
            guard let table = tables[change.table] else { return nil }
            if change.isInsertOnly, table.rows > 0 {
                let first = base & 0xffff_ffff
                // Numbers of transactions wrap round; 2 and below are those of the system.
                let isNew =
                    "xmin::text::bigint > 2 AND (xmin::text::bigint - \(first) + 4294967296) % 4294967296 < 2147483648"
                undoing.statements.append("DELETE FROM ONLY \(table.name) WHERE \(isNew)")
                undoing.deadRows += change.inserted
            } else if change.inserted > 10_000, table.rows == 0 {
                undoing.statements.append("TRUNCATE ONLY \(table.name)")
            } else {
                undoing.statements.append("DELETE FROM ONLY \(table.name)")
                undoing.deadRows += change.written + table.rows
                guard table.rows > 0 else { continue }
                rows += table.rows
                guard table.isSaved, rows <= rowsAtMost else { return nil }
                let copy = "COPY \(table.name) FROM STDIN (FORMAT binary)"
                undoing.copies.append((copy, Self.dataPath(folder, change.table)))
            }
        }
        for number in changes.sequences {
            guard let sequence = sequences[number] else { return nil }
            let name = try PostgresIdentifier.literal(sequence.name)
            undoing.statements.append("SELECT setval(\(name), \(sequence.lastValue), \(sequence.isCalled))")
        }
        return undoing
    }
}
