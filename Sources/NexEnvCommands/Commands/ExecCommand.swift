import ArgumentParser
import Foundation
import NexEnv

/// `nexenv exec`.
struct ExecCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a program in a service's container; on the host for a native service.",
        discussion: "The program's exit status is passed on."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The service.", completion: .services)
    var service: String

    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
    var arguments: [String]

    func run() async throws {
        let stack = try loadStack()
        let (service, _) = try Target.split(service, stack.environment)
        guard let observed = try await stack.observe()[service.name], observed.state == .running else {
            throw NexEnvError(.notRunning, "it isn't running", service: service.name, hint: "`nexenv up` starts it")
        }
        var words = arguments
        if words.first == "--" { words.removeFirst() }
        guard let program = words.first else { throw ValidationError("say which program to run") }
        let call = stack.runtime(observed.runtime).command(
            in: observed,
            program,
            Array(words.dropFirst()),
            environment: [:],
            isInteractive: isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        )
        try ChildProcess.replaceSelf(call.program, call.arguments, environment: call.environment)
    }
}
