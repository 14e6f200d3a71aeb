import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Starts a native server so that it can't be lost.
///
/// The server's process first runs nexenv itself, hidden: it opens a session of its own, writes down its pid and start time,
/// and only then becomes the server. Were the parent to write the note after starting the child, a SIGKILL between the two
/// would leave a server that nobody knows of.
package enum NativeLauncher {
    /// The hidden command that a launched process runs.
    package static let command = "__launch-native-server"

    /// Starts a server; returns when its process has noted who it is.
    static func start(_ launch: NativeLaunch) async throws -> ProcessIdentity {
        let specification = launch.recordPath + ".launch"
        try PrivateFile.write(String(decoding: try JSONEncoder().encode(launch), as: UTF8.self), to: specification)
        unlink(launch.recordPath)
        let pid = try spawn([executable, command, specification])
        let decoder = JSONDecoder()
        while true {
            if let data = FileManager.default.contents(atPath: launch.recordPath),
                let process = (try? decoder.decode(NativeRecord.self, from: data))?.process
            {
                return process
            }
            guard waitpid(pid, nil, WNOHANG) == 0 else {
                throw NexEnvError(.serviceFailed, "the server's process ended before it began", service: launch.record.service)
            }
            // Not interruptible: whoever cancels gets a server that is known, and can stop it.
            await Task.detached { try? await Task.sleep(for: .milliseconds(3)) }.value
        }
    }

    /// What the launched process runs: notes who it is and becomes the server.
    ///
    /// - Throws: ``NexEnvError``; otherwise it doesn't return.
    package static func run(_ specification: String) throws -> Never {
        guard let data = FileManager.default.contents(atPath: specification) else {
            throw NexEnvError(.inputOutput, "can't read \(specification)")
        }
        let launch = try JSONDecoder().decode(NativeLaunch.self, from: data)
        setsid()
        umask(0o077)
        var record = launch.record
        record.process = ProcessIdentity(running: getpid())
        try PrivateFile.write(String(decoding: try JSONEncoder().encode(record), as: UTF8.self), to: launch.recordPath)
        let log = open(launch.logPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard log >= 0 else { throw NexEnvError.systemCall("open \(launch.logPath)", errno) }
        let null = open("/dev/null", O_RDWR)
        dup2(null, 0)
        dup2(log, 1)
        dup2(log, 2)
        if let user = launch.user {
            guard chdir(launch.dataFolder) == 0, setgroups(0, nil) == 0, setgid(user.groupID) == 0,
                setuid(user.userID) == 0
            else { throw NexEnvError.systemCall("become the user \(user.name)", errno) }
        } else {
            chdir(launch.dataFolder)
        }
        try ChildProcess.replaceSelf(launch.program, launch.arguments, environment: launch.environment)
    }

    /// The path of the running nexenv.
    private static var executable: String {
        realPath("/proc/self/exe") ?? Bundle.main.executablePath ?? "nexenv"
    }

    private static func spawn(_ arguments: [String]) throws -> pid_t {
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        argv.append(nil)
        defer { for pointer in argv { free(pointer) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, arguments[0], nil, nil, argv, environ)
        guard status == 0 else { throw NexEnvError.systemCall("start \(arguments[0])", status) }
        return pid
    }
}
