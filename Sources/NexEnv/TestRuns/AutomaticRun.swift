import Foundation

/// A run that test processes start by themselves, where no stack runs: all that one `swift test` has started share it.
///
/// What they have in common is the process that has started them; the stack goes when that one has ended, and all of them.
struct AutomaticRun: Sendable {
    private let run: TestRun
    private let parent: ProcessIdentity

    init(environmentFile: String) {
        parent = ProcessIdentity(running: RunningUser.parent) ?? .own
        let file = SHA256Digest.hex(of: environmentFile).prefix(8)
        run = TestRun(folder: "\(TestRun.allFolder)/auto-\(parent.pid)-\(parent.startTime)-\(file)")
    }

    /// Takes part in the run, if it is there and its stack is up.
    func join() throws -> LeaseHome? {
        guard let description = try? run.description(), !description.variables.isEmpty,
            let membership = try SharedLock.tryTake(run.membersPath)
        else { return nil }
        // It may have ended just before we took part.
        guard FileManager.default.fileExists(atPath: run.leaseFolder) else { return nil }
        let folder = run.leaseFolder
        return LeaseHome(folder: folder, stack: { try TestRun.stack(ofLeaseFolder: folder) }, membership: membership)
    }

    /// Has a host start the stack, once for all processes.
    ///
    /// - Throws: ``NexEnvError`` when it can't be started; its host has said why.
    func start(_ stack: Stack) async throws -> LeaseHome {
        let program = try NexEnvProgram.required(for: stack.environment.name)
        try PrivateFile.makeFolder(TestRun.allFolder)
        let lockPath = run.folder + ".starting"
        while true {
            if let home = try join() { return home }
            guard let lock = try FileLock.tryLock(lockPath, note: "pid \(RunningUser.pid)") else {
                try await Task.sleep(for: .milliseconds(20))
                continue
            }
            defer {
                unlink(lockPath)
                withExtendedLifetime(lock) {}
            }
            if let home = try join() { return home }
            let run = try TestRun.make(stack, named: (self.run.folder as NSString).lastPathComponent)
            // Held before the host looks whether anybody is there.
            let membership = try SharedLock.tryTake(run.membersPath)
            let arguments = ["--parent", "\(parent.pid):\(parent.startTime)", "--no-seed", "--quiet"]
            let note = "nexenv: starting the databases of \(stack.environment.name) for the tests\n"
            FileHandle.standardError.write(Data(note.utf8))
            let host = try TestHostProcess.start(run, arguments, program: program)
            do {
                try await host.waitUntilReady()
            } catch let failure as TestHostFailure {
                throw failure.error(stack.environment.name)
            }
            host.release()
            withExtendedLifetime(membership) {}
            if let home = try join() { return home }
        }
    }
}
