import Foundation
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A run's host, as the process sees it that has started it.
package final class TestHostProcess: Sendable {
    private let pid: Int32
    private let output: Int32
    /// The end of the pipe that tells the host that we are there.
    private let life: Mutex<Int32?>

    private init(pid: Int32, output: Int32, life: Int32) {
        self.pid = pid
        self.output = output
        self.life = Mutex(life)
    }

    deinit {
        release()
        close(output)
    }

    /// Starts a host, which ends when we do.
    ///
    /// - Parameters:
    ///   - arguments: What else it is told.
    ///   - program: Where nexenv is.
    package static func start(
        _ run: TestRun,
        _ arguments: [String],
        program: String = NativeLauncher.executable
    ) throws -> TestHostProcess {
        let input = try DetachedProcess.pipe()
        let output = try DetachedProcess.pipe()
        defer {
            close(input.read)
            close(output.write)
        }
        let pid = try DetachedProcess.spawn(
            program,
            ["test", TestHost.command, run.folder] + arguments,
            input: input.read,
            output: output.write
        )
        return TestHostProcess(pid: pid, output: output.read, life: input.write)
    }

    /// Waits until the stack can be used.
    ///
    /// - Throws: ``TestHostFailure`` when the host has ended, after it said why.
    package func waitUntilReady() async throws {
        let output = output
        let isReady = await offPool {
            var bytes = [UInt8](repeating: 0, count: 16)
            var count = 0
            repeat { count = read(output, &bytes, bytes.count) } while count < 0 && errno == EINTR
            return count > 0
        }
        try Task.checkCancellation()
        guard isReady else { throw TestHostFailure(status: await wait()) }
    }

    /// Starts the program that the stack is for, which the host ends when we are killed.
    ///
    /// - Parameter environment: Variables added to ours.
    /// - Throws: ``NexEnvError`` with code `program-missing`.
    package func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        in run: TestRun
    ) throws -> ForegroundProcess {
        try life.withLock { end in
            guard let end else { throw CancellationError() }
            let note = run.programPath
            return try .start(program, arguments, environment: environment, note: note, holding: end)
        }
    }

    /// Tells the host that we don't need its stack any more; one that is for others too goes on.
    package func release() {
        life.withLock { end in
            if let end { close(end) }
            end = nil
        }
    }

    /// Has the stack removed, and waits until it is.
    package func end() async {
        release()
        _ = await wait()
    }

    private func wait() async -> Int32 {
        let pid = pid
        return await offPool { ForegroundProcess.wait(for: pid) }
    }
}

/// A host that couldn't bring its stack up; it has said why itself.
package struct TestHostFailure: Error {
    /// Its exit status.
    package let status: Int32

    /// What is said of it to a test.
    func error(_ environment: String) -> NexEnvError {
        NexEnvError(
            .serviceFailed,
            "the databases of \(environment) couldn't be started for the tests (status \(status))",
            hint: "`nexenv up` shows why"
        )
    }
}
