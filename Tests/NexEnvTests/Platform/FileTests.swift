import Foundation
import TextTesting
import Testing

@testable import NexEnv

@Suite struct PrivateFileTests {
    @Test(arguments: [(UInt32(0o600), 0o600), (0o644, 0o644), (0o400, 0o400)])
    func `the mode is what is asked for, whatever the umask`(mode: UInt32, found: Int) throws {
        let folder = try ScratchFolder(["old": "old"])
        chmod("\(folder.path)/old", 0o666)
        try PrivateFile.write("new", to: "\(folder.path)/old", mode: mode)
        try PrivateFile.write("new", to: "\(folder.path)/new", mode: mode)
        #expect(permissions("\(folder.path)/old") == found)
        #expect(permissions("\(folder.path)/new") == found)
        #expect(try String(contentsOfFile: "\(folder.path)/old", encoding: .utf8) == "new")
    }

    @Test func `a reader sees the old content or the new, never half`() async throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/file"
        let contents = [String(repeating: "a", count: 200_000), String(repeating: "b", count: 300_000)]
        try PrivateFile.write(contents[0], to: path)
        let writer = Task.detached {
            for round in 0..<100 { try PrivateFile.write(contents[round % 2], to: path) }
        }
        var seen: Set<Int> = []
        for _ in 0..<200 {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            seen.insert(bytes.count)
            #expect(Set(bytes).count == 1)
        }
        try await writer.value
        #expect(seen.isSubset(of: [200_000, 300_000]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }

    @Test func `a link is replaced, not followed`() throws {
        let folder = try ScratchFolder(["target": "keep"])
        try folder.link("link", to: "target")
        try PrivateFile.write("new", to: "\(folder.path)/link")
        #expect(try String(contentsOfFile: "\(folder.path)/target", encoding: .utf8) == "keep")
        #expect(try String(contentsOfFile: "\(folder.path)/link", encoding: .utf8) == "new")
    }

    @Test func `what a killed writer left behind is in nobody's way`() throws {
        let folder = try ScratchFolder()
        try folder.write("half", to: "file.\(getpid()).tmp")
        try PrivateFile.write("whole", to: "\(folder.path)/file")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }

    @Test func `a failure says what and why, and leaves nothing behind`() throws {
        let folder = try ScratchFolder()
        try folder.makeFolder("file")
        let error = #expect(throws: NexEnvError.self) { try PrivateFile.write("x", to: "\(folder.path)/file") }
        #expect(error?.code == .inputOutput)
        #expect(error?.message.contains("write \(folder.path)/file") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
        let missing = #expect(throws: NexEnvError.self) { try PrivateFile.write("x", to: "\(folder.path)/none/file") }
        #expect(missing?.message.contains("No such file") == true)
    }

    @Test func `a full disk is told apart`() {
        #expect(NexEnvError.systemCall("write x", ENOSPC).code == .diskFull)
        #expect(NexEnvError.systemCall("write x", EDQUOT).code == .diskFull)
        #expect(NexEnvError.systemCall("write x", EACCES).code == .inputOutput)
    }
}

@Suite struct FileLockTests {
    /// A program that locks a file and holds the lock until a file appears; it says so by making another one.
    private static let holder = """
        use Fcntl qw(:flock);
        open(my $lock, '+>>', $ARGV[0]) or exit 3;
        flock($lock, LOCK_EX | LOCK_NB) or exit 1;
        open(my $ready, '>', "$ARGV[0].ready"); close $ready;
        while (!-e "$ARGV[0].release") { select(undef, undef, undef, 0.01) }
        """

    private func eventually(_ condition: () throws -> Bool) async throws {
        // Long, since all tests share the cores' two or so threads, and some compute for half a minute.
        let deadline = ContinuousClock.now + .seconds(180)
        while try !condition() {
            try #require(ContinuousClock.now < deadline, "it never came")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func `another process holds it, ends, and it is free`() async throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/lock"
        let other = Task { try await ChildProcess.run("perl", ["-e", Self.holder, path]) }
        try await eventually { FileManager.default.fileExists(atPath: path + ".ready") }
        #expect(try FileLock.tryLock(path, note: "mine") == nil)
        try folder.write("", to: "lock.release")
        #expect(try await other.value.status == 0)
        #expect(try FileLock.tryLock(path, note: "mine") != nil)
    }

    @Test func `another process that is killed holds it no longer`() async throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/lock"
        let other = Task { try await ChildProcess.run("perl", ["-e", Self.holder, path]) }
        try await eventually { FileManager.default.fileExists(atPath: path + ".ready") }
        #expect(try FileLock.tryLock(path, note: "mine") == nil)
        other.cancel()
        _ = await other.result
        try await eventually { try FileLock.tryLock(path, note: "mine") != nil }
    }

    @Test func `ours keeps another process out, and says who we are`() async throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/lock"
        do {
            let lock = try #require(try FileLock.tryLock(path, note: "nexenv up (pid 1), a long note"))
            #expect(try await ChildProcess.run("perl", ["-e", Self.holder, path]).status == 1)
            #expect(try FileLock.tryLock(path, note: "second") == nil)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "nexenv up (pid 1), a long note")
            withExtendedLifetime(lock) {}
        }
        let next = try #require(try FileLock.tryLock(path, note: "short"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "short")
        #expect(permissions(path) == 0o600)
        withExtendedLifetime(next) {}
    }

    @Test func `a child doesn't inherit it`() async throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/lock"
        var lock = try FileLock.tryLock(path, note: "mine")
        #expect(lock != nil)
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sleep")
        child.arguments = ["30"]
        try child.run()
        defer { child.terminate() }
        lock = nil
        #expect(try FileLock.tryLock(path, note: "again") != nil)
    }

    @Test func `a file that can't be opened`() {
        let error = #expect(throws: NexEnvError.self) { try FileLock.tryLock("/nowhere/lock", note: "x") }
        #expect(error?.code == .inputOutput)
    }

    @Test func `two commands of a project take turns, and the one that waits knows for whom`() async throws {
        let folder = try ScratchFolder()
        let project = Project(ProjectIdentity(name: "shop", root: folder.path))
        try project.prepareFolder()
        let held = Held(try FileLock.tryLock(project.lockPath, note: "up (pid 7)"))
        var waitedFor: [String] = []
        let result = try await project.withLock(
            "down",
            onWait: { holder in
                waitedFor.append(holder)
                held.release()
            }
        ) { 42 }
        #expect(result == 42)
        #expect(waitedFor == ["up (pid 7)"])
    }

    private final class Held {
        private var lock: FileLock?
        init(_ lock: FileLock?) { self.lock = lock }
        func release() { lock = nil }
    }
}

@Suite struct ProcessIdentityTests {
    @Test func `our own process runs`() throws {
        let own = try #require(ProcessIdentity(running: getpid()))
        #expect(own.isRunning)
        #expect(own == ProcessIdentity(running: getpid()))
        #expect(own.send(0))
    }

    @Test func `a later process of the same number isn't the one that was meant`() throws {
        let own = try #require(ProcessIdentity(running: getpid()))
        let earlier = ProcessIdentity(pid: own.pid, startTime: own.startTime - 1)
        #expect(!earlier.isRunning)
        // Were it sent, it would end the tests.
        #expect(!earlier.send(SIGKILL))
    }

    @Test func `a process that has ended, a zombie too, doesn't run`() async throws {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sleep")
        child.arguments = ["30"]
        try child.run()
        let identity = try #require(ProcessIdentity(running: child.processIdentifier))
        #expect(identity.isRunning)
        #expect(identity.send(SIGKILL))
        child.waitUntilExit()
        #expect(!identity.isRunning)
        #expect(ProcessIdentity(running: child.processIdentifier) == nil)
    }

    /// A thread that isn't the first becomes another program: for a moment the process looks like a zombie.
    @Test func `a process that becomes another program runs all the while`() throws {
        let folder = try ScratchFolder()
        let program = """
            import os, sys, threading
            left = int(sys.argv[1])
            if left == 0: sys.exit()
            again = [sys.executable, sys.argv[0], str(left - 1)]
            threading.Thread(target=lambda: os.execv(sys.executable, again)).start()
            threading.Event().wait()
            """
        try program.write(toFile: folder.path + "/again.py", atomically: true, encoding: .utf8)
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        child.arguments = ["python3", folder.path + "/again.py", "40"]
        try child.run()
        let identity = try #require(ProcessIdentity(running: child.processIdentifier))
        var looks = 0
        var ends = 0
        while child.isRunning {
            if identity.isRunning { looks += 1 } else if looks > 0 { ends += 1; looks = 0 }
        }
        #expect(child.terminationStatus == 0)
        // Once at its end, unless that was noticed at once.
        #expect(ends <= 1)
    }

    @Test(arguments: [Int32(0), -1, .max]) func `no process`(pid: Int32) {
        #expect(ProcessIdentity(running: pid) == nil)
    }

    @Test func `a name with spaces and parentheses doesn't confuse it`() throws {
        let folder = try ScratchFolder()
        try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: "\(folder.path)/a) R 1 (b")
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "\(folder.path)/a) R 1 (b")
        child.arguments = ["30"]
        try child.run()
        defer { child.terminate() }
        let identity = try #require(ProcessIdentity(running: child.processIdentifier))
        #expect(identity.startTime >= (ProcessIdentity(running: getpid())?.startTime ?? .max))
    }
}
