import ArgumentParser
import NexEnv

extension MigrateCommand {
    /// `nexenv migrate down`.
    struct Down: MigrationCommand {
        static let configuration = CommandConfiguration(
            commandName: "down",
            abstract: "Take the last migration back, or the last few."
        )

        @OptionGroup var source: FileOption
        @OptionGroup var global: GlobalOptions
        @OptionGroup var choice: DatabaseOption
        @OptionGroup var lock: LockTimeoutOption

        @Argument(help: ArgumentHelp("How many.", valueName: "count"))
        var count = 1

        func validate() throws {
            guard count > 0 else { throw ValidationError("\(count) is not a count: 1, 2, …") }
        }

        func run() async throws {
            var options = MigrationOptions(purpose: "nexenv migrate down")
            options.lockTimeout = try duration(lock.lockTimeout)
            let stack = try loadStack()
            guard !stack.environment.isProtected else { throw Confirmation.protected }
            let target = try onlyTarget(choice.database, in: stack)
            let start = ContinuousClock.now
            let display = MigrationDisplay(console)
            var results: [MigrationResult] = []
            for (target, server) in try await running([target], in: stack) {
                results.append(
                    try await display.show(target) { [options] report in
                        try await target.engine.migrateDown(count, target.folder, on: server, options, report)
                    }
                )
            }
            try display.finish(results, "migrate down", "taken back", since: start)
        }
    }
}
