/// Everything that starting a server as a process needs; what the launcher reads.
package struct NativeLaunch: Sendable, Codable {
    /// The server's program and arguments, placeholders filled in.
    package var program: String
    package var arguments: [String]
    package var environment: [String: String]

    /// The user to become, when nexenv runs as root and the server refuses to.
    package var user: SystemUser?

    /// Where the server's output goes.
    package var logPath: String

    /// Where the launcher says who it is, before it becomes the server.
    package var recordPath: String
    package var record: NativeRecord

    /// The data folder, and the command that fills it when the marker is missing.
    package var dataFolder: String
    package var preparation: Preparation?

    /// Generated files by path, mode 0600.
    package var files: [String: String]

    package struct Preparation: Sendable, Codable {
        package var program: String
        package var arguments: [String]
        package var marker: String
    }
}

/// What is known of a native server: enough to find its process again, and to prove that it is the one.
package struct NativeRecord: Sendable, Codable {
    package var service: String
    package var projectName: String
    package var projectRoot: String
    package var environmentFile: String
    package var configurationHash: String
    package var endpoint: Endpoint
    package var program: String
    package var version: String
    package var stopSignal: ProcessDescription.StopSignal
    package var logPath: String

    /// The process; nothing once it was stopped on purpose.
    package var process: ProcessIdentity?
}
