import ArgumentParser
import Foundation
import NexEnv

/// `nexenv down`.
struct DownCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stop and remove services; their data stays."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "Services; all when none is named.", completion: .services)
    var services: [String] = []

    @Flag(name: .long, help: "Remove the data as well.")
    var volumes = false

    @Flag(name: .shortAndLong, help: "Don't ask before data is removed.")
    var yes = false

    func run() async throws {
        let stack = try loadStack()
        if volumes {
            try Confirmation.ask(
                "Remove all data of \(services.isEmpty ? stack.environment.name : services.joined(separator: ", "))?",
                isProtected: stack.environment.isProtected,
                yes: yes
            )
        }
        try await Self.end(stack, selection(services), volumes ? .removeData : .remove, "down", console)
    }

    static func end(
        _ stack: Stack,
        _ selection: ServiceSelection,
        _ depth: Down.Depth,
        _ command: String,
        _ console: Console
    ) async throws {
        let display = ProgressDisplay(console)
        let down = Down(stack, selection, depth) { event in
            if case .working = event { return }
            display.show(event)
        }
        let result = try await down.run()
        if console.isJSON { return try console.json(EndReport(command: command, result)) }
        let time = ProgressDisplay.seconds(result.seconds)
        let names = result.services.joined(separator: ", ")
        console.note(result.services.isEmpty ? "nothing was running" : "\(command) in \(time): \(names)")
        if !result.withoutData.isEmpty { console.note("data removed: \(result.withoutData.joined(separator: ", "))") }
    }
}

/// What `nexenv down --json` and `stop --json` print.
struct EndReport: Encodable {
    let schema = "nexenv/1"
    var command: String
    let ok = true
    var changed: [String]
    var dataRemoved: [String]
    var durationMs: Int

    init(command: String, _ result: Down.Result) {
        self.command = command
        changed = result.services
        dataRemoved = result.withoutData
        durationMs = Int(result.seconds * 1_000)
    }
}

/// Asks before something is destroyed.
enum Confirmation {
    /// What is thrown for a protected environment.
    static let protected = NexEnvError(
        .refused,
        "this environment is protected",
        hint: "take `protected: true` out of the file first, if that is really meant"
    )

    /// Returns when it may be done.
    ///
    /// - Throws: ``NexEnvError`` with code `refused`: off a terminal without `--yes`, for a protected environment, or on a no.
    static func ask(_ question: String, isProtected: Bool, yes: Bool) throws {
        if isProtected { throw protected }
        if yes { return }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw NexEnvError(.refused, "this destroys data, and there is nobody to ask", hint: "say --yes")
        }
        Console.standardError("\(question) [y/N] ")
        // Nothing has been done yet: Ctrl-C may end the process at once.
        signal(SIGINT, SIG_DFL)
        defer { signal(SIGINT, SIG_IGN) }
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        guard answer == "y" || answer == "yes" else { throw NexEnvError(.refused, "nothing was done") }
    }
}
