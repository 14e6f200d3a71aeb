import ArgumentParser
import NexEnv

extension MigrateCommand {
    /// `nexenv migrate up`.
    struct Up: MigrationCommand {
        static let configuration = CommandConfiguration(
            commandName: "up",
            abstract: "Apply what isn't applied, in order."
        )

        @OptionGroup var source: FileOption
        @OptionGroup var global: GlobalOptions
        @OptionGroup var lock: LockTimeoutOption

        @Flag(
            name: .customLong("allow-out-of-order"),
            help: "Also apply what is older than something that is applied already."
        )
        var allowOutOfOrder = false

        @OptionGroup var choice: TargetsArgument

        func run() async throws {
            var options = MigrationOptions(purpose: "nexenv migrate up")
            options.lockTimeout = try duration(lock.lockTimeout)
            options.allowsOutOfOrder = allowOutOfOrder
            let stack = try loadStack()
            let start = ContinuousClock.now
            let display = MigrationDisplay(console)
            var results: [MigrationResult] = []
            for (target, server) in try await running(targets(choice.targets, in: stack), in: stack) {
                results.append(
                    try await display.show(target) { [options] report in
                        try await target.engine.migrateUp(target.folder, on: server, options, report)
                    }
                )
            }
            try display.finish(results, "migrate up", "applied", since: start)
        }
    }
}
