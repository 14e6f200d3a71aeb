import ArgumentParser
import Foundation
import NexEnv

/// `nexenv test -- PROGRAM`.
struct TestRunCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a program with a stack of its own; `nexenv test -- PROGRAM` for short.",
        discussion: """
            The program finds the databases by variables, as `nexenv env` prints them, and by DATABASE_URL where there is one
            SQL database. Its exit status is passed on. Whatever is killed, the stack goes with it.
            """
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Flag(name: .long, help: "Use the stack that runs, and leave it running.")
    var reuse = false

    @Flag(
        name: .customLong("no-seed"),
        help: "Don't fill the databases; tests that lease copies say what they want in them."
    )
    var noSeed = false

    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments, behind `--`.")
    var arguments: [String] = []

    func run() async throws {
        var words = arguments
        if words.first == "--" { words.removeFirst() }
        guard let program = words.first else {
            throw ValidationError("say which program to run: nexenv test -- PROGRAM")
        }
        let rest = Array(words.dropFirst())
        let stack = try loadStack()
        if reuse {
            let variables = try await TestHost.variables(of: stack)
            guard !variables.isEmpty else {
                throw NexEnvError(.notRunning, "nothing runs that could be used again", hint: "`nexenv up` starts it")
            }
            try ChildProcess.replaceSelf(program, rest, environment: variables)
        }
        let run = try TestRun.make(stack)
        let host = try TestHostProcess.start(run, hostArguments)
        let status = try await withTaskCancellationHandler {
            try await Self.run(program, rest, run, host)
        } onCancel: {
            host.release()
        }
        if let summary = LeaseLog.summary(run.leaseFolder) { console.note(TestStatusCommand.sentence(summary)) }
        await host.end()
        // A host that was killed has left all of it.
        await TestRun.sweep(keepsKept: true)
        if run.isKept {
            console.note("the databases of tests that failed are still there; `nexenv test gc` removes them")
        }
        if status != 0 { throw ExitCode(status) }
    }

    private var hostArguments: [String] {
        (noSeed ? ["--no-seed"] : []) + (global.quiet ? ["--quiet"] : []) + (global.noColor ? ["--no-color"] : [])
    }

    private static func run(
        _ program: String,
        _ arguments: [String],
        _ run: TestRun,
        _ host: TestHostProcess
    ) async throws -> Int32 {
        do {
            try await host.waitUntilReady()
            var variables = try run.description().variables
            variables[TestRun.folderVariable] = run.leaseFolder
            return try await host.start(program, arguments, environment: variables, in: run).wait()
        } catch let failure as TestHostFailure {
            // It has said why itself.
            throw ExitCode(failure.status)
        } catch {
            await host.end()
            throw error
        }
    }
}
