import ArgumentParser
import NexEnv

/// `nexenv up`.
struct UpCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Start services and wait until every database in them is usable."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "Services; all that no profile holds back when none is named.", completion: .services)
    var services: [String] = []

    @Flag(name: .long, help: "Follow the logs afterwards; Ctrl-C leaves the services running.")
    var attach = false

    @Flag(name: .long, help: "Show where the time went.")
    var timings = false

    @Flag(name: .customLong("strict-ports"), help: "Fail when a preferred port is taken.")
    var strictPorts = false

    @Flag(name: .long, help: "Leave out what can't run on this machine, with a line for each.")
    var available = false

    @Flag(name: .long, help: "Remove what this run made when it fails.")
    var rollback = false

    @Flag(name: .long, help: "Fill the databases afterwards, as `nexenv seed` does.")
    var seed = false

    @Flag(
        name: [.customShort("d"), .long],
        help: "Accepted for compose's sake: `up` always returns when all is ready."
    )
    var detach = false

    @Flag(name: .long, help: "Accepted for compose's sake: `up` always waits.")
    var wait = false

    func run() async throws {
        let stack = try loadStack()
        let console = self.console
        var options = Up.Options()
        options.selection = selection(services)
        options.isStrictAboutPorts = strictPorts
        options.rollsBack = rollback
        options.leavesOutUnavailable = available
        let result = try await ProgressDisplay(console).run(stack, options)
        var request = SeedRun.Request()
        request.leavesOutUnavailable = available
        let seeded = seed ? try await SeedDisplay(console).run(stack, request) : nil
        if console.isJSON {
            var report = UpReport(result)
            report.seeds = seeded?.outcomes
            try console.json(report)
        } else {
            for outcome in result.outcomes {
                for notice in outcome.notices { console.note("  \(outcome.service): \(notice)") }
            }
            let seconds = ProgressDisplay.seconds(result.seconds)
            console.note(result.isChanged ? "up in \(seconds)" : "up, nothing to do (\(seconds))")
            if let seeded { SeedCommand.print(seeded, isPlan: false, console) }
        }
        if timings { Self.printTimings(result, console) }
        if attach {
            let names = result.outcomes.filter { $0.state != .skipped }.map(\.service)
            var options = LogOptions()
            options.follow = true
            options.tail = 0
            try await LogsCommand.follow(stack, names, options, console)
        }
    }

    private static func printTimings(_ result: Up.Result, _ console: Console) {
        let width = result.outcomes.map(\.service.count).max() ?? 0
        for outcome in result.outcomes {
            let phases = outcome.timings.phases.map { "\($0.name) \(ProgressDisplay.seconds($0.seconds))" }
            let name = outcome.service.padding(to: width)
            console.note(
                "  \(name)  \(phases.joined(separator: "  "))  = \(ProgressDisplay.seconds(outcome.timings.total))"
            )
        }
        if let slowest = result.outcomes.max(by: { $0.timings.total < $1.timings.total }), slowest.timings.total > 0 {
            console.note("  the slowest was \(slowest.service)")
        }
    }
}

/// What `nexenv up --json` prints.
struct UpReport: Encodable {
    let schema = "nexenv/1"
    let command = "up"
    let ok = true
    var changed: [String]
    var durationMs: Int
    var services: [Service]
    /// What `--seed` loaded.
    var seeds: [SeedOutcome]?

    struct Service: Encodable {
        var name: String
        var engine: String
        var state: String
        var runtime: String?
        var endpoint: Endpoint?
        var databases: [String]
        var changes: [String]
        var notes: [String]
        var notices: [String]
        var error: ErrorReport.Problem?
        var timingsMs: [String: Int]
    }

    init(_ result: Up.Result) {
        changed = result.outcomes.filter(\.isChanged).map(\.service)
        durationMs = Int(result.seconds * 1_000)
        services = result.outcomes.map { outcome in
            let timings = outcome.timings.phases.map { ($0.name, Int($0.seconds * 1_000)) }
            return Service(
                name: outcome.service,
                engine: outcome.engine,
                state: outcome.state.rawValue,
                runtime: outcome.runtime?.rawValue,
                endpoint: outcome.endpoint,
                databases: outcome.databases,
                changes: outcome.changes,
                notes: outcome.notes,
                notices: outcome.notices,
                error: outcome.error.map(ErrorReport.Problem.init),
                timingsMs: Dictionary(timings) { $0 + $1 }
            )
        }
    }
}

extension String {
    /// The text with spaces behind it up to a width in characters.
    func padding(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}

extension CompletionKind {
    /// The services of the environment that the working directory leads to.
    static var services: CompletionKind { .custom { _, _, _ in LiveNames.services() } }

    /// Services and their databases.
    static var databases: CompletionKind { .custom { _, _, _ in LiveNames.databases() } }
}
