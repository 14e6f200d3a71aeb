import Foundation
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The process that a run's stack belongs to: it starts it, waits until nobody needs it any more, and removes it.
///
/// Whoever it is for can be killed at any time. `nexenv test` holds the other end of a pipe, which the kernel closes when it ends.
/// Test processes that have started the stack by themselves hold a lock together; there is nobody any more when the host gets it.
package struct TestHost: Sendable {
    /// Whom a stack is for.
    package enum Audience: Sendable {
        /// Whoever holds the other end of our standard input.
        case pipe
        /// The test processes, as long as this process runs or any of them does.
        case members(of: ProcessIdentity)
    }

    /// The hidden command by which nexenv becomes a host.
    package static let command = "test-host"

    private let run: TestRun
    private let audience: Audience

    package init(_ run: TestRun, _ audience: Audience) {
        self.run = run
        self.audience = audience
    }

    /// Runs to the end of the stack.
    ///
    /// - Parameters:
    ///   - up: Brings the stack up.
    ///   - onReady: Called when programs may use it.
    package func run(
        _ up: @Sendable @escaping (Stack, [String]) async throws -> Void,
        onReady: @Sendable () -> Void
    ) async throws {
        setsid()
        guard let lock = try FileLock.tryLock(run.lockPath, note: "pid \(RunningUser.pid)") else {
            throw NexEnvError(.locked, "the run in \(run.folder) has a host already")
        }
        await TestRun.sweep(keepsKept: true)
        do {
            let stack = try run.stack()
            // A run that nobody waits for any more isn't brought up to its end.
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await up(stack, run.services(of: stack.environment))
                    return true
                }
                group.addTask {
                    try await waitUntilAlone()
                    return false
                }
                let isUp = try await group.next() ?? false
                if !isUp { group.cancelAll() }
                guard isUp else { throw CancellationError() }
                var description = try run.description()
                description.variables = try await Self.variables(of: stack)
                try run.write(description)
                async let _ = LeaseCleaner(folder: run.leaseFolder).run()
                onReady()
                _ = try await group.next()
            }
            await end()
        } catch {
            await end()
            withExtendedLifetime(lock) {}
            throw error
        }
        withExtendedLifetime(lock) {}
    }

    /// Removes the stack, and the program that was run where nobody else is left to end it.
    private func end() async {
        // Shielded: the host may be ending because it was told to.
        await Task.detached {
            if let program = run.program { await ProcessTree.end(program) }
            if !run.isKept { try? await run.remove() }
        }.value
    }

    /// The variables by which programs find the databases of a stack that runs.
    package static func variables(of stack: Stack) async throws -> [String: String] {
        let observation = try await stack.observe()
        let secrets = try SecretStore(stack.project)
        var variables: [(String, String)] = []
        var sqlDatabases: [String] = []
        for service in stack.environment.services {
            guard let observed = observation[service.name], observed.state == .running,
                let server = stack.running(service, observed, secrets)
            else { continue }
            variables += AddressVariables.of(server)
            guard let engine = service.engine as? any DatabaseEngine else { continue }
            sqlDatabases += engine.databaseNames.compactMap { engine.address(of: $0, on: server)?.url }
                .filter { $0.hasPrefix("postgres") }
        }
        // What most frameworks look for; only where it is clear which one is meant.
        if sqlDatabases.count == 1 { variables.append(("DATABASE_URL", sqlDatabases[0])) }
        return Dictionary(variables) { first, _ in first }
    }

    // MARK: - Waiting

    private func waitUntilAlone() async throws {
        switch audience {
        case .pipe:
            // Nothing is ever written to it: it is readable when it has ended.
            while try await !isPipeClosed() { try await Task.sleep(for: .milliseconds(100)) }
        case .members(let parent): try await waitForMembers(of: parent)
        }
    }

    /// Held from the moment on when nobody is left, so that nobody joins a run that ends.
    private final class LastLock: Sendable {
        let lock = Mutex<FileLock?>(nil)
    }
    private let last = LastLock()

    private func isPipeClosed() async throws -> Bool {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&input, 1, 0) > 0 else { return false }
        var byte: UInt8 = 0
        return read(STDIN_FILENO, &byte, 1) <= 0
    }

    /// Waits until no test process is left and none can be expected: the one that starts them has ended, or has started none for
    /// a minute.
    private func waitForMembers(of parent: ProcessIdentity) async throws {
        var lastSeen = ContinuousClock.now
        while true {
            try await Task.sleep(for: .milliseconds(100))
            guard let lock = try FileLock.tryLock(run.membersPath, note: "") else {
                lastSeen = .now
                continue
            }
            if !parent.isRunning || ContinuousClock.now - lastSeen > .seconds(60) {
                last.lock.withLock { $0 = lock }
                return
            }
        }
    }
}
