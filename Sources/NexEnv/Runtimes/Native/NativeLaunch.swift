import Foundation

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

    package struct Preparation: Sendable, Codable {
        package var program: String
        package var arguments: [String]
        package var marker: String
        /// The paths of the files that go when it is done.
        package var files: [String]
    }

    /// Whether the data folder has to be filled first.
    var isUnprepared: Bool {
        preparation.map { !FileManager.default.fileExists(atPath: "\(dataFolder)/\($0.marker)") } ?? false
    }
}

/// A generated file that a server or its preparation reads; written by the parent, so that no launch file holds a secret.
package struct NativeFile: Sendable {
    /// How long it has to be there.
    package enum Life: Sendable {
        /// While an empty data folder is filled.
        case preparation
        /// Until the server is usable.
        case start
        /// As long as the server.
        case server
    }

    package var path: String
    package var content: String
    package var life: Life
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
    package var discardSignal: ProcessDescription.StopSignal?
    package var lockFile: String?
    package var logPath: String

    /// The process; nothing once it was stopped on purpose.
    package var process: ProcessIdentity?
}
