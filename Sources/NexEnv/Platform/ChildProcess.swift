import Subprocess
import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Runs other programs: each argument is passed as it is, never through a shell.
package enum ChildProcess {
    /// What a finished program left.
    package struct Output: Sendable {
        package var standardOutput: String
        package var standardError: String
        /// The exit status, or 128 and the signal's number.
        package var status: Int32

        package var isSuccess: Bool { status == 0 }
    }

    /// Runs a program to its end.
    ///
    /// The child has a process group of its own, so that Ctrl-C reaches it through us and not behind our back; when the task
    /// is cancelled, the whole group is killed.
    ///
    /// - Parameters:
    ///   - program: A name to look up in `PATH`, or a path.
    ///   - environment: Variables added to ours.
    ///   - user: The user to run as; only root may say one.
    ///   - holdsLock: Whether the project's lock is kept until the program has ended, also when nexenv is killed before.
    ///   - limit: How many bytes of each output are kept.
    /// - Throws: ``NexEnvError`` with code `program-missing`; `CancellationError`.
    package static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        user: SystemUser? = nil,
        holdsLock: Bool = false,
        limit: Int = 32 << 20
    ) async throws -> Output {
        let command =
            user.map { configuration(as: $0, program, arguments, environment) }
            ?? configuration(program, arguments, environment)
        if holdsLock, let lock = FileLock.held {
            defer { withExtendedLifetime(lock) {} }
            let input = FileDescriptor(rawValue: lock.descriptor)
            return try await run(program, command, .fileDescriptor(input, closeAfterSpawningProcess: false), limit)
        }
        return try await run(program, command, .none, limit)
    }

    private static func run<Input: InputProtocol>(
        _ program: String,
        _ configuration: Configuration,
        _ input: Input,
        _ limit: Int
    ) async throws -> Output {
        do {
            let result = try await Subprocess.run(
                configuration,
                input: input,
                output: .string(limit: limit),
                error: .string(limit: limit)
            )
            // Cancelling kills the child and then counts as its end (swift-subprocess 1.0), so it is told apart here.
            try Task.checkCancellation()
            return Output(
                standardOutput: result.standardOutput,
                standardError: result.standardError,
                status: status(result.terminationStatus)
            )
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw missing(program, error)
        }
    }

    /// Runs a program and hands over its lines, both outputs together, as they come.
    ///
    /// - Returns: The exit status.
    package static func stream(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        onLine: @Sendable (String) async -> Void
    ) async throws -> Int32 {
        do {
            let result = try await Subprocess.run(
                configuration(program, arguments, environment),
                input: .none,
                output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                for try await line in execution.standardOutput.strings() {
                    await onLine(line.hasSuffix("\n") ? String(line.dropLast()) : line)
                }
            }
            try Task.checkCancellation()
            return status(result.terminationStatus)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw missing(program, error)
        }
    }

    /// Replaces this process by another program, which so gets the terminal, the signals and the exit status.
    ///
    /// - Throws: ``NexEnvError`` when it can't; otherwise it doesn't return.
    package static func replaceSelf(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws(NexEnvError) -> Never {
        for (name, value) in environment { setenv(name, value, 1) }
        restoreSignals()
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        argv.append(nil)
        execvp(program, argv)
        let problem = errno
        for pointer in argv { free(pointer) }
        throw problem == ENOENT
            ? NexEnvError(.programMissing, "there is no program `\(program)`") : .systemCall("run \(program)", problem)
    }

    /// Gives the program that follows the signals as a shell would: threads of a pool block them, and we ignore some.
    private static func restoreSignals() {
        for number in 1..<Int32(32) where number != SIGKILL && number != SIGSTOP { signal(number, SIG_DFL) }
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
    }

    /// A program as another user, by way of nexenv itself.
    ///
    /// swift-subprocess 1.0 would change the user between `clone` and `exec`, where glibc's `setgroups` and its like wait
    /// for the parent's other threads, which the child doesn't have: now and then for ever.
    private static func configuration(
        as user: SystemUser,
        _ program: String,
        _ arguments: [String],
        _ environment: [String: String]
    ) -> Configuration {
        let words = [SystemUser.command, "\(user.userID)", "\(user.groupID)", program]
        return configuration(NativeLauncher.executable, words + arguments, environment, folder: "/")
    }

    private static func configuration(
        _ program: String,
        _ arguments: [String],
        _ environment: [String: String],
        folder: String? = nil
    ) -> Configuration {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(300))
        ]
        // swift-subprocess 1.0 looks for a name by starting a process for every folder of PATH, about a millisecond each.
        let path = program.contains("/") ? program : ProgramFinder().path(of: program)
        let updates = environment.map { (Subprocess.Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        return Configuration(
            executable: path.map { .path(FilePath($0)) } ?? .name(program),
            arguments: Arguments(arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: updates)),
            workingDirectory: folder.map { FilePath($0) },
            platformOptions: options
        )
    }

    private static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }

    private static func missing(_ program: String, _ error: SubprocessError) -> NexEnvError {
        NexEnvError(.programMissing, "can't run `\(program)`", underlying: error)
    }
}
