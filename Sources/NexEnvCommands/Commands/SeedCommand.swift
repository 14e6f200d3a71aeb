import ArgumentParser
import NexEnv

/// `nexenv seed`.
struct SeedCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed",
        abstract: "Fill the databases with the sets that the file names; what is as it should be isn't touched."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Only this set; may be given several times.", valueName: "name")
    )
    var sets: [String] = []

    @Flag(name: .long, help: "Show what would change, and change nothing.")
    var plan = false

    @Flag(name: .long, help: "Compare every row, also of sets that nobody has touched.")
    var fresh = false

    func run() async throws {
        let stack = try loadStack()
        var request = SeedRun.Request()
        request.sets = sets
        request.isPlan = plan
        request.isFresh = fresh
        let report = try await SeedDisplay(console).run(stack, request)
        if console.isJSON { return try console.json(SeedReport(report, isPlan: plan)) }
        Self.print(report, isPlan: plan, console)
    }

    /// Prints what became of each set that changed, and a line for all.
    static func print(_ report: SeedRun.Report, isPlan: Bool, _ console: Console) {
        var table = TextTable(["SET", isPlan ? "WOULD CHANGE" : "CHANGED", "INTO"])
        let shown = report.outcomes.filter { $0.changes > 0 || console.verbosity == .verbose }
        for outcome in shown {
            table.add([.init(outcome.set), .init(sentence(outcome)), .init(outcome.target)])
        }
        if !shown.isEmpty {
            let text = table.render(width: console.width)
            if isPlan { console.output(text) } else { console.note(String(text.dropLast())) }
        }
        for name in report.notForMode { console.detail("\(name): not for this mode") }
        let unchanged = report.outcomes.count { $0.changes == 0 }
        let changed = report.outcomes.reduce(0) { $0 + $1.changes }
        let time = ProgressDisplay.seconds(report.seconds)
        if report.outcomes.isEmpty {
            console.note("there is nothing to load")
        } else if changed == 0 {
            let are = report.outcomes.count == 1 ? "is as it" : "are as they"
            console.note("nothing to do: \(counted(report.outcomes.count, "set")) \(are) should be (\(time))")
        } else {
            let rest = unchanged > 0 ? ", \(counted(unchanged, "set")) unchanged" : ""
            console.note("\(isPlan ? "would write" : "seeded in \(time):") \(counted(changed, "row"))\(rest)")
        }
    }

    private static func sentence(_ outcome: SeedOutcome) -> String {
        let parts = [
            (outcome.inserted, "inserted"), (outcome.updated, "updated"), (outcome.deleted, "deleted"),
        ]
        let said = parts.filter { $0.0 > 0 }.map { "\(SeedDisplay.count($0.0)) \($0.1)" }
        return said.isEmpty ? "-" : said.joined(separator: ", ")
    }

    private static func counted(_ number: Int, _ noun: String) -> String {
        "\(SeedDisplay.count(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}

/// What `nexenv seed --json` prints.
struct SeedReport: Encodable {
    let schema = "nexenv/1"
    let command = "seed"
    let ok = true
    var isPlan: Bool
    var durationMs: Int
    var sets: [SeedOutcome]
    var notForMode: [String]

    init(_ report: SeedRun.Report, isPlan: Bool) {
        self.isPlan = isPlan
        durationMs = Int(report.seconds * 1_000)
        sets = report.outcomes
        notForMode = report.notForMode
    }
}
