import ArgumentParser
import Foundation
import NexEnv

/// The process that a run's stack belongs to; see `TestHost`.
///
/// Nobody calls it by hand.
struct TestHostCommand: ConfiguredCommand {
    static let configuration = CommandConfiguration(
        commandName: TestHost.command,
        abstract: "Hold a stack for a run of tests.",
        shouldDisplay: false
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(name: .long, help: "The process that the test processes belong to: its number and when it started.")
    var parent: String?

    @Flag(name: .customLong("no-seed"))
    var noSeed = false

    var file: String? { nil }

    func run() async throws {
        let console = console
        let isSeeded = !noSeed
        let run = TestRun(folder: folder)
        let sets = try run.description().sets ?? []
        try await TestHost(run, try audience()).run { stack, services in
            var options = Up.Options()
            options.selection = ServiceSelection(names: services)
            options.leavesOutUnavailable = true
            _ = try await ProgressDisplay(console, isBrief: true).run(stack, options)
            if isSeeded, !stack.environment.seeds.isEmpty {
                var request = SeedRun.Request()
                request.leavesOutUnavailable = true
                request.sets = sets
                _ = try await SeedDisplay(console).run(stack, request)
            }
        } onReady: {
            print("ready")
            fflush(nil)
            // From here on the terminal belongs to the program.
            let nowhere = open("/dev/null", O_WRONLY)
            for descriptor in [STDOUT_FILENO, STDERR_FILENO] { dup2(nowhere, descriptor) }
            close(nowhere)
        }
    }

    private func audience() throws -> TestHost.Audience {
        guard let parent else { return .pipe }
        let numbers = parent.split(separator: ":")
        guard numbers.count == 2, let pid = Int32(numbers[0]), let start = UInt64(numbers[1]) else {
            throw ValidationError("`\(parent)` is no process")
        }
        return .members(of: ProcessIdentity(pid: pid, startTime: start))
    }
}
