import ArgumentParser
import NexEnv

extension MigrateCommand {
    /// `nexenv migrate history`.
    struct History: MigrationCommand {
        static let configuration = CommandConfiguration(
            commandName: "history",
            abstract: "Show every up and down that has been: when, how long, by whom."
        )

        @OptionGroup var source: FileOption
        @OptionGroup var global: GlobalOptions

        @OptionGroup var choice: TargetsArgument

        func run() async throws {
            let stack = try loadStack()
            var all: [(target: MigrationTarget, entries: [HistoryEntry])] = []
            for (target, server) in try await running(targets(choice.targets, in: stack), in: stack) {
                all.append((target, try await target.engine.migrationHistory(target.folder, on: server)))
            }
            if console.isJSON { return try console.json(MigrationHistoryReport(all)) }
            let style = console.outputStyle
            let texts = all.map { target, entries in
                "\(style.bold(target.name))\n" + Self.text(entries, style, width: console.outputWidth)
            }
            console.output(texts.joined(separator: "\n"))
        }

        /// A table of what has been, the oldest first.
        static func text(_ entries: [HistoryEntry], _ style: TerminalStyle, width: Int) -> String {
            guard !entries.isEmpty else { return "nothing has been migrated\n" }
            var table = TextTable(["WHEN (UTC)", "WAY", "TOOK", "BY", "MIGRATION"])
            for entry in entries {
                let color: (String) -> String = entry.direction == .up ? { style.green($0) } : { style.yellow($0) }
                table.add([
                    TextTable.Cell(MigrationDisplay.time(entry.time)),
                    TextTable.Cell(entry.direction.rawValue, color),
                    TextTable.Cell(ProgressDisplay.seconds(entry.seconds)),
                    // The host is in the JSON: here it would take the room of the name.
                    TextTable.Cell(String(entry.user.prefix { $0 != "@" })),
                    TextTable.Cell(entry.name),
                ])
            }
            return table.render(width: width)
        }
    }
}

/// What `nexenv migrate history --json` prints.
struct MigrationHistoryReport: Encodable {
    let schema = "nexenv/1"
    let command = "migrate history"
    let ok = true
    var databases: [Database]

    struct Database: Encodable {
        var service: String
        var database: String
        var history: [Entry]
    }

    struct Entry: Encodable {
        var name: String
        var direction: String
        var at: String
        var by: String
        var durationMs: Int
        var checksum: String
    }

    init(_ all: [(target: MigrationTarget, entries: [HistoryEntry])]) {
        databases = all.map { target, entries in
            let history = entries.map { entry in
                Entry(
                    name: entry.name,
                    direction: entry.direction.rawValue,
                    at: MigrationTime.text(entry.time),
                    by: entry.user,
                    durationMs: Int(entry.seconds * 1_000),
                    checksum: entry.checksum
                )
            }
            return Database(service: target.service.name, database: target.folder.name, history: history)
        }
    }
}
