import ArgumentParser
import NexEnv

/// `nexenv reset`.
struct ResetCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Build databases anew from init files, migrations and seeds; what is in them now is lost.",
        discussion: """
            They are built beside the ones in use, and take their places when all are complete: a failure changes nothing.
            Roles and passwords stay.
            """
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(
        help: ArgumentHelp("Services or databases; all when none is named.", valueName: "service[.database]"),
        completion: .databases
    )
    var names: [String] = []

    @Flag(name: .shortAndLong, help: "Don't ask before data is lost.")
    var yes = false

    func run() async throws {
        let stack = try loadStack()
        let display = SeedDisplay(console)
        let reset = try Reset(stack, names, profiles: selection([]).profiles, onEvent: display.show)
        guard !reset.places.isEmpty else {
            if console.isJSON { return try console.json(ResetReport()) }
            return console.note("there are no databases to reset")
        }
        let list = reset.places.map(\.description).joined(separator: ", ")
        try Confirmation.ask(
            "Build \(list) anew? What is in \(reset.places.count == 1 ? "it" : "them") now is lost.",
            isProtected: stack.environment.isProtected,
            yes: yes
        )
        let result = try await display.run { try await reset.run() }
        if console.isJSON { return try console.json(ResetReport(result)) }
        for notice in result.notices { console.note("  \(notice)") }
        let rows = result.seeds.reduce(0) { $0 + $1.changes }
        let filled = rows > 0 ? ", \(SeedDisplay.count(rows)) rows seeded" : ""
        console.note("reset in \(ProgressDisplay.seconds(result.seconds)): \(list)\(filled)")
    }
}

/// What `nexenv reset --json` prints.
struct ResetReport: Encodable {
    let schema = "nexenv/1"
    let command = "reset"
    let ok = true
    var databases: [String] = []
    var durationMs = 0
    var notices: [String] = []
    var seeds: [SeedOutcome] = []

    init() {}

    init(_ result: Reset.Result) {
        databases = result.databases.map(\.description)
        durationMs = Int(result.seconds * 1_000)
        notices = result.notices
        seeds = result.seeds
    }
}
