import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A program that has the terminal, as if the shell had started it, and that is known before it runs.
///
/// It is in our process group, so Ctrl-C reaches both; we only wait then. Its process first runs nexenv itself, hidden: it writes
/// down who it is, and only then becomes the program. Until then it holds on to whatever tells others that we are there, so that
/// they find it when we are killed.
package struct ForegroundProcess: Sendable {
    /// The hidden command that the process runs first.
    package static let command = "__run-noted"

    private let pid: Int32

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - environment: Variables added to ours.
    ///   - note: The file that is told which process it is.
    ///   - life: A descriptor that it holds until then.
    /// - Throws: ``NexEnvError`` with code `program-missing`.
    static func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        note: String,
        holding life: Int32
    ) throws(NexEnvError) -> ForegroundProcess {
        guard let path = program.contains("/") ? program : ProgramFinder().path(of: program),
            access(path, X_OK) == 0
        else {
            throw NexEnvError(.programMissing, "there is no program `\(program)`")
        }
        let words = [command, note, "\(life)", path] + arguments
        let pid = try SpawnedProcess.start(
            NativeLauncher.executable,
            words,
            environment: environment,
            moving: [(life, life)],
            hasShellSignals: true
        )
        return ForegroundProcess(pid: pid)
    }

    /// What the process runs first.
    ///
    /// - Throws: ``NexEnvError``; otherwise it doesn't return.
    package static func run(_ arguments: [String]) throws -> Never {
        guard arguments.count > 2, let life = Int32(arguments[1]) else {
            throw NexEnvError(.bug, "\(command) takes a file, a descriptor and a program")
        }
        _ = fcntl(life, F_SETFD, FD_CLOEXEC)
        let identity = try JSONEncoder().encode(ProcessIdentity(running: getpid()))
        try PrivateFile.write(String(decoding: identity, as: UTF8.self), to: arguments[0])
        try ChildProcess.replaceSelf(arguments[2], Array(arguments.dropFirst(3)))
    }

    /// Waits for its end; asks it to end when the task is cancelled.
    ///
    /// - Returns: Its exit status, or 128 and the signal's number.
    package func wait() async -> Int32 {
        let pid = pid
        return await withTaskCancellationHandler {
            await offPool { Self.wait(for: pid) }
        } onCancel: {
            kill(pid, SIGTERM)
        }
    }

    /// Waits for the end of a child of ours.
    static func wait(for pid: Int32) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
