import ArgumentParser
import NexEnv

/// `nexenv test gc`.
struct TestSweepCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what tests have left: stacks whose run was killed, copies and templates that nobody uses."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let runs = await TestRun.sweep(keepsKept: false)
        let stack = try loadStack()
        let removed = try await LeaseSweep(stack).runAlone()
        if console.isJSON { return try console.json(TestSweepReport(runs: runs, databases: removed)) }
        if runs > 0 { console.note("\(runs) stack\(runs == 1 ? "" : "s") removed") }
        if !removed.isEmpty { console.note("removed: \(removed.joined(separator: ", "))") }
        if runs == 0, removed.isEmpty { console.note("there is nothing to remove") }
    }
}

/// What `nexenv test gc --json` prints.
struct TestSweepReport: Encodable {
    let schema = "nexenv/1"
    let command = "test gc"
    let ok = true
    var runs: Int
    var databases: [String]
}
