import ArgumentParser
import Dispatch
import Foundation
import NexEnv
import Synchronization

/// The command line's beginning and end: parse, run, turn what was thrown into a message and an exit status.
public enum NexEnvMain {
    /// Runs the command that the process was started with, and exits.
    public static func run() async -> Never {
        ProcessStart.cleanUp()
        let arguments = Array(ProcessInfo.processInfo.arguments.dropFirst())
        let rest = Array(arguments.dropFirst())
        if arguments.first == SystemUser.command { become { try SystemUser.run(rest) } }
        if arguments.first == ForegroundProcess.command { become { try ForegroundProcess.run(rest) } }
        let signals = SignalWatch()
        if arguments.first == NativeLauncher.command, arguments.count == 2 { await launch(arguments[1], signals) }
        let command: any ParsableCommand
        do {
            try NexEnvCommand.checkName(in: arguments)
            command = try NexEnvCommand.parseAsRoot(LeadingOptions.moved(arguments))
        } catch let error as NexEnvError {
            exit(Console(nil).report(error))
        } catch {
            let wantsJSON = arguments.prefix { $0 != "--" }.contains("--json")
            if wantsJSON, NexEnvCommand.exitCode(for: error) == .validationFailure {
                try? Console(nil).json(ErrorReport(usage: NexEnvCommand.message(for: error)))
                exit(ExitStatus.usage.rawValue)
            }
            // ArgumentParser prints usage and help itself, and exits with 64 or 0.
            NexEnvCommand.exit(withError: error)
        }
        let console = Console(command as? any ConfiguredCommand)
        let work = Task {
            guard var command = command as? any AsyncParsableCommand else {
                var command = command
                return try command.run()
            }
            try await command.run()
        }
        signals.onSignal { work.cancel() }
        do {
            try await work.value
            console.flush()
            exit(signals.exitStatus ?? ExitStatus.done.rawValue)
        } catch {
            console.flush()
            // Help, version and usage are ArgumentParser's to print; anything it doesn't know has the status 1 there.
            if NexEnvCommand.exitCode(for: error) != .failure, !(error is ExitCode) {
                NexEnvCommand.exit(withError: error)
            }
            let status = console.report(error)
            exit(signals.exitStatus ?? status)
        }
    }

    /// Becomes another program; see ``SystemUser`` and ``ForegroundProcess``.
    private static func become(_ body: () throws -> Never) -> Never {
        do {
            try body()
        } catch {
            Console.standardError("\(error)\n")
            exit((error as? NexEnvError)?.code.exitStatus.rawValue ?? ExitStatus.serviceFailed.rawValue)
        }
    }

    /// Becomes a native server; see ``NativeLauncher``.
    private static func launch(_ specification: String, _ signals: SignalWatch) async -> Never {
        let work = Task { try await NativeLauncher.run(specification) }
        signals.onSignal { work.cancel() }
        if case .failure(let error) = await work.result { Console.standardError("\(error)\n") }
        exit(ExitStatus.serviceFailed.rawValue)
    }
}

/// Turns the first SIGINT or SIGTERM into a cancellation, and the second into the end.
final class SignalWatch: Sendable {
    private struct State {
        var action: (@Sendable () -> Void)?
        var caught: Int32?
    }

    private let state = Mutex(State())

    // SAFETY: written once, before anybody else can see the object, and never used again: the sources only have to live.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    init() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable [weak self] in self?.handle(number) }
            source.activate()
            sources.append(source)
        }
    }

    /// What to do on the first signal; at once when it has come already.
    func onSignal(_ action: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.action = action
            return state.caught != nil
        }
        if isLate { action() }
    }

    /// The exit status of a process that ended because of a signal; nothing when none came.
    var exitStatus: Int32? {
        state.withLock { $0.caught }.map { $0 == SIGINT ? ExitStatus.interrupted.rawValue : 128 + $0 }
    }

    private func handle(_ number: Int32) {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            if state.caught != nil { exit(128 + number) }
            state.caught = number
            return state.action
        }
        action?()
    }
}
