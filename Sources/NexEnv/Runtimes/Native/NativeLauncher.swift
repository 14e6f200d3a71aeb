import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Starts a native server so that it can't be lost.
///
/// The server's process first runs nexenv itself, hidden: it opens a session of its own, fills an empty data folder, writes
/// down its pid and start time, and only then becomes the server. It inherits the project's lock and holds it until then, so
/// that whoever comes after a command that was killed waits, and finds either a server that is known or none.
package enum NativeLauncher {
    /// The hidden command that a launched process runs.
    package static let command = "__launch-native-server"

    /// Starts a server; returns when its process has noted who it is.
    static func start(_ launch: NativeLaunch) async throws {
        let specification = launch.recordPath + ".launch"
        try PrivateFile.write(String(decoding: try JSONEncoder().encode(launch), as: UTF8.self), to: specification)
        unlink(launch.recordPath)
        let pid = try SpawnedProcess.start(executable, [command, specification])
        var wasCancelled = false
        while !FileManager.default.fileExists(atPath: launch.recordPath) {
            guard waitpid(pid, nil, WNOHANG) == 0 else {
                try Task.checkCancellation()
                let lines = NativeLog(launch.logPath).tail(20)
                throw NexEnvError.ended("it could not be started", service: launch.record.service, logTail: lines)
            }
            if Task.isCancelled, !wasCancelled {
                wasCancelled = true
                kill(pid, SIGTERM)
            }
            // Not interruptible: whoever cancels finds a server that is known, or none.
            await Task.detached { try? await Task.sleep(for: .milliseconds(3)) }.value
        }
    }

    /// What the launched process runs: notes who it is and becomes the server.
    ///
    /// - Throws: ``NexEnvError``; otherwise it doesn't return.
    package static func run(_ specification: String) async throws -> Never {
        guard let data = FileManager.default.contents(atPath: specification) else {
            throw NexEnvError(.inputOutput, "can't read \(specification)")
        }
        let launch = try JSONDecoder().decode(NativeLaunch.self, from: data)
        unlink(specification)
        setsid()
        umask(0o077)
        try redirect(to: launch.logPath)
        try await prepareData(launch)
        var record = launch.record
        record.process = ProcessIdentity(running: getpid())
        try PrivateFile.write(String(decoding: try JSONEncoder().encode(record), as: UTF8.self), to: launch.recordPath)
        guard chdir(launch.dataFolder) == 0 else { throw NexEnvError.systemCall("enter \(launch.dataFolder)", errno) }
        try launch.user?.become()
        keepFromServer()
        try ChildProcess.replaceSelf(launch.program, launch.arguments, environment: launch.environment)
    }

    /// Fills a new data folder under another name first, so that a half-filled one is never taken for whole.
    private static func prepareData(_ launch: NativeLaunch) async throws {
        guard let preparation = launch.preparation else { return }
        defer { for path in preparation.files { unlink(path) } }
        guard launch.isUnprepared else { return }
        let folder = launch.dataFolder
        let partial = folder + ".partial"
        try? FileManager.default.removeItem(atPath: partial)
        try PrivateFile.makeFolder(partial)
        if let user = launch.user { chown(partial, user.userID, user.groupID) }
        // Renamed when all goes well, so that nothing is there to be removed.
        defer { try? FileManager.default.removeItem(atPath: partial) }
        let arguments = preparation.arguments.map { $0.replacing(folder, with: partial) }
        let output = try await ChildProcess.run(preparation.program, arguments, user: launch.user)
        guard output.isSuccess else {
            throw NexEnvError(.serviceFailed, output.standardOutput + output.standardError)
        }
        rmdir(folder)
        guard rename(partial, folder) == 0 else { throw NexEnvError.systemCall("rename \(partial)", errno) }
    }

    /// Sends this process's output, and so the server's, to the log.
    private static func redirect(to path: String) throws(NexEnvError) {
        let log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw NexEnvError.systemCall("open \(path)", errno) }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        dup2(null, 0)
        dup2(log, 1)
        dup2(log, 2)
    }

    /// Closes every descriptor but the standard ones on exec, which gives the project's lock back.
    private static func keepFromServer() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    /// The path of the running nexenv.
    static var executable: String {
        realPath("/proc/self/exe") ?? Bundle.main.executablePath ?? "nexenv"
    }
}

/// The log of a native server.
struct NativeLog {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Returns the last lines.
    func tail(_ lines: Int) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(lines).map(String.init)
    }
}
