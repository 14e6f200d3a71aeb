import ArgumentParser
import NexEnv

extension MigrateCommand {
    /// `nexenv migrate status`.
    struct Status: MigrationCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show every migration: applied, pending, changed, missing."
        )

        @OptionGroup var source: FileOption
        @OptionGroup var global: GlobalOptions

        @Flag(
            name: .customLong("exit-code"),
            help: "Exit with 2 when something is pending, with 65 when something doesn't fit."
        )
        var exitCode = false

        @OptionGroup var choice: TargetsArgument

        func run() async throws {
            let stack = try loadStack()
            var all: [MigrationStatus] = []
            for (target, server) in try await running(targets(choice.targets, in: stack), in: stack) {
                all.append(try await target.engine.migrationStatus(target.folder, on: server))
            }
            if console.isJSON {
                try console.json(MigrationStatusReport(all))
            } else {
                let texts = all.map { Self.text($0, console.outputStyle, width: console.outputWidth) }
                console.output(texts.joined(separator: "\n"))
            }
            guard exitCode else { return }
            if all.contains(where: { !$0.problems.isEmpty }) { throw ExitCode(ExitStatus.dataError.rawValue) }
            if all.contains(where: { $0.pending > 0 }) { throw ExitCode(ExitStatus.changesPending.rawValue) }
        }

        /// A table for one database, and what there is to say about it.
        static func text(_ status: MigrationStatus, _ style: TerminalStyle, width: Int) -> String {
            var out = "\(style.bold("\(status.service).\(status.database)"))  \(style.dim(status.folder))\n"
            var table = TextTable(["STATE", "APPLIED (UTC)", "MIGRATION"])
            for row in status.rows {
                let color =
                    switch row.state {
                    case .applied: style.green
                    case .pending: style.blue
                    case .halfDone, .halfUndone, .empty: style.yellow
                    case .changed, .missing, .outOfOrder: style.red
                    }
                table.add([
                    TextTable.Cell(row.state.rawValue, color),
                    TextTable.Cell(row.time.map(MigrationDisplay.time) ?? "-"),
                    TextTable.Cell(row.name + (row.detail.map { " (\($0))" } ?? "")),
                ])
            }
            out += status.rows.isEmpty ? "no migrations\n" : table.render(width: width)
            for problem in status.problems { out += "\(style.red("error")): \(problem.message)\n" }
            for note in status.notes { out += "\(style.blue("note")): \(note)\n" }
            return out
        }
    }
}

/// What `nexenv migrate status --json` prints.
struct MigrationStatusReport: Encodable {
    let schema = "nexenv/1"
    let command = "migrate status"
    let ok = true
    var databases: [Database]

    struct Database: Encodable {
        var service: String
        var database: String
        var folder: String
        var pending: Int
        var migrations: [Migration]
        var problems: [ErrorReport.Problem]
        var notes: [String]
    }

    struct Migration: Encodable {
        var name: String
        var state: String
        var appliedAt: String?
        var appliedBy: String?
        var durationMs: Int?
        var detail: String?
        var file: String?
    }

    init(_ all: [MigrationStatus]) {
        databases = all.map { status in
            Database(
                service: status.service,
                database: status.database,
                folder: status.folder,
                pending: status.pending,
                migrations: status.rows.map { row in
                    Migration(
                        name: row.name,
                        state: row.state.rawValue,
                        appliedAt: row.time.map(MigrationTime.text),
                        appliedBy: row.user,
                        durationMs: row.seconds.map { Int($0 * 1_000) },
                        detail: row.detail,
                        file: row.file
                    )
                },
                problems: status.problems.map(ErrorReport.Problem.init),
                notes: status.notes
            )
        }
    }
}
