import ArgumentParser
import NexEnv

extension MigrateCommand {
    /// `nexenv migrate new`.
    struct New: MigrationCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Make the file of a new migration, named and laid out as the others are."
        )

        @OptionGroup var source: FileOption
        @OptionGroup var global: GlobalOptions
        @OptionGroup var choice: DatabaseOption

        @Argument(help: ArgumentHelp("What it does, in a few words.", valueName: "name"))
        var name: String

        func run() async throws {
            let stack = try loadStack()
            let target = try onlyTarget(choice.database, in: stack)
            let new = try target.engine.newMigration(name, in: target.folder.value)
            try new.write()
            let paths = new.files.map { SourceFile.displayPath(of: $0.path) }
            if console.isJSON { return try console.json(NewMigrationReport(files: paths)) }
            for path in paths { console.output("\(path)\n") }
        }
    }
}

/// What `nexenv migrate new --json` prints.
struct NewMigrationReport: Encodable {
    let schema = "nexenv/1"
    let command = "migrate new"
    let ok = true
    var files: [String]
}
