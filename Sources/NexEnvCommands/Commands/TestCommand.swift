import ArgumentParser

/// `nexenv test`: databases for a run of tests.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run a program with a stack of its own, of which nothing is left when it ends.",
        subcommands: [
            TestRunCommand.self, TestStatusCommand.self, TestConnectCommand.self, TestSweepCommand.self,
            TestHostCommand.self,
        ],
        defaultSubcommand: TestRunCommand.self
    )
}
