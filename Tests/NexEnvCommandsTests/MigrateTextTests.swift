import Foundation
import TextTesting
import Testing

@testable import NexEnv
@testable import NexEnvCommands

/// What the parts of `nexenv migrate` print.
@Suite struct MigrateTextTests {
    private static let position = SourcePosition(
        file: SourceFile(path: "/nowhere/nexenv.yaml", displayPath: "nexenv.yaml", text: ""),
        line: 1,
        column: 1
    )

    /// 2025-01-14T10:20:00Z.
    private static let time = 1_736_850_000.0

    private static var status: MigrationStatus {
        get throws {
            func entry(_ name: String, done: Int, isComplete: Bool, kind: LedgerEntry.Kind = .migration) -> LedgerEntry
            {
                var entry = LedgerEntry(kind, name, checksum: "x")
                entry.statementsDone = done
                entry.isComplete = isComplete
                entry.time = time
                return entry
            }
            func migration(_ name: String, _ sql: String) throws -> Migration<SQLStatement> {
                let file = SourceFile(path: "/nowhere/\(name).sql", displayPath: "\(name).sql", text: sql)
                let parsed = try #require(MigrationName(file: "\(name).sql", extensions: ["sql"]))
                return Migration(
                    file: MigrationFile(name: parsed, fileName: "\(name).sql", path: "/nowhere/\(name).sql", bytes: []),
                    checksum: "x",
                    up: Script(try SQLSplitter.split(file).isEmpty ? [] : [.init(try SQLSplitter.split(file))]),
                    position: SourcePosition(file: file, line: 1, column: 1)
                )
            }
            let folder = ResourcePath(path: "/nowhere", written: "db/auth/migrations", position: position)
            let migrations = try [
                ("20250114102000_initial_schema", "a; b"), ("20250115090000_index_the_invoices_by_number", "c; d; e"),
                ("20250116090000_late", "f"), ("20250117090000_later", "g"), ("20250118090000_nothing_yet", ""),
            ].map { try migration($0.0, $0.1) }
            var half = entry("20250115090000_index_the_invoices_by_number", done: 1, isComplete: false)
            half.tokens = migrations[1].up.tokens(ofFirst: 1)
            let ledger = [
                entry("20250114102000_initial_schema", done: 2, isComplete: true), half,
                entry("20250114110000_gone", done: 2, isComplete: true),
                entry("20250117090000_later", done: 1, isComplete: true),
            ]
            let plan = MigrationPlan(MigrationFolder(folder: folder, migrations: migrations), ledger)
            let history = [
                HistoryEntry(
                    name: "20250114102000_initial_schema",
                    direction: .up,
                    checksum: "x",
                    user: "ada@host",
                    time: time,
                    seconds: 1.25
                )
            ]
            return MigrationStatus("postgres", "auth", plan, history)
        }
    }

    @Test func `status`() throws {
        let text = try MigrateCommand.Status.text(Self.status, .plain, width: 80)
        try Golden().expect(text, "migrate-status.txt")
        let table = text.split(separator: "\n").filter { !$0.hasPrefix("error") && !$0.hasPrefix("note") }
        #expect(table.allSatisfy { $0.count <= 80 })
    }

    @Test func `status for programs`() throws {
        try Golden().expect(json(MigrationStatusReport([Self.status])), "migrate-status.json")
    }

    private static let history = [
        HistoryEntry(
            name: "20250114102000_initial_schema",
            direction: .up,
            checksum: "x",
            user: "ada@host.example",
            time: time,
            seconds: 1.25
        ),
        HistoryEntry(
            name: "20250115090000_index_invoices_by_number",
            direction: .down,
            checksum: "x",
            user: "postgres@vm",
            time: time + 86_400,
            seconds: 0.004
        ),
    ]

    @Test func `history`() throws {
        let text = MigrateCommand.History.text(Self.history, .plain, width: 80)
        try Golden().expect(text, "migrate-history.txt")
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(MigrateCommand.History.text([], .plain, width: 80) == "nothing has been migrated\n")
    }

    private static var verification: MigrationVerification {
        typealias Finding = MigrationVerification.Finding
        var bad = Finding(name: "20250115090000_index_invoices", hasDown: true)
        bad.leftBehind = [
            .init(object: "index public.invoice_number", before: nil, after: "CREATE INDEX …"),
            .init(object: "column public.invoice.total", before: "numeric(12,2)\n not null", after: "numeric"),
        ]
        bad.differsAgain = [.init(object: "table public.invoice", before: "x", after: nil)]
        var left = Finding(name: "20250116090000_roles", hasDown: false)
        left.leftOut = ["CREATE ROLE reader"]
        var failed = Finding(name: "20250117090000_wrong", hasDown: true)
        let problem = Diagnostic(.sql, "division by zero", at: position)
        failed.failure = .init(way: .upAgain, diagnostics: Diagnostics([problem], exitStatus: .dataError))
        let good = Finding(name: "20250114102000_initial_schema", hasDown: true)
        return MigrationVerification(
            service: "postgres",
            database: "auth",
            findings: [good, bad, left, failed],
            untried: 2
        )
    }

    @Test func `verify`() throws {
        try Golden().expect(MigrateCommand.Verify.text(Self.verification, .plain), "migrate-verify.txt")
        try Golden().expect(json(MigrationVerificationReport([Self.verification])), "migrate-verify.json")
    }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
