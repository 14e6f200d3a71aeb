import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A checkout of an environment on this machine: its identity and its `.nexenv/` folder.
///
/// The folder is a cache that may be deleted at any time, except for `secrets.env` and the data of native servers.
package struct Project: Sendable {
    package let identity: ProjectIdentity

    /// The absolute path of `.nexenv/`.
    package let folder: String

    package init(_ environment: Environment) {
        self.init(ProjectIdentity(name: environment.name, root: environment.root))
    }

    package init(_ identity: ProjectIdentity) {
        self.identity = identity
        folder = identity.root + "/.nexenv"
    }

    package var secretsPath: String { folder + "/secrets.env" }
    package var portsPath: String { folder + "/ports.json" }
    package var lockPath: String { folder + "/lock" }
    package var runFolder: String { folder + "/run" }
    package var logsFolder: String { folder + "/logs" }
    /// Where the copies that tests lease are kept track of.
    package var leaseFolder: String { folder + "/test" }

    /// Makes the folder, which keeps itself out of git.
    package func prepareFolder() throws(NexEnvError) {
        let ignore = folder + "/.gitignore"
        if FileManager.default.fileExists(atPath: ignore) { return }
        try PrivateFile.makeFolder(folder)
        try PrivateFile.write("*\n", to: ignore, mode: 0o644)
    }

    /// Runs a body while no other nexenv command changes this project.
    ///
    /// - Parameters:
    ///   - command: What is running, for the one who waits.
    ///   - onWait: Told once who holds the lock, when somebody does.
    package func withLock<Result>(
        _ command: String,
        onWait: (String) -> Void,
        _ body: () async throws -> Result
    ) async throws -> Result {
        try prepareFolder()
        var hasWaited = false
        while true {
            if let lock = try FileLock.tryLock(lockPath, note: "\(command) (pid \(getpid()))") {
                defer { withExtendedLifetime(lock) {} }
                for folder in [folder, runFolder, logsFolder] { PrivateFile.removeAbandoned(in: folder) }
                return try await FileLock.$held.withValue(lock) { try await body() }
            }
            if !hasWaited {
                hasWaited = true
                let holder = (try? String(contentsOfFile: lockPath, encoding: .utf8)) ?? ""
                onWait(holder.isEmpty ? "another nexenv command" : holder)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
