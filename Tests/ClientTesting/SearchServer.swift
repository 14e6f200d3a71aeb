import Foundation

/// The strict stand-in for Elasticsearch, `Tests/SearchServer/search_server.py`, on a free port of loopback.
///
/// It ends with this process at the latest: it reads a pipe of ours to its end.
package final class SearchServer: Sendable {
    package let port: Int
    package let password: String
    private let input: FileHandle

    private static let script =
        #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")
        + "/Tests/SearchServer/search_server.py"

    package init(password: String, flavor: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Self.script, "--flavor", flavor]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["ELASTIC_PASSWORD": password, "path.repo": "/usr/share/elasticsearch/data/snapshots/nightly"]
        ) { $1 }
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw CocoaError(.executableLoad)
        }
        self.port = port
        self.password = password
        self.input = input.fileHandleForWriting
    }

    deinit {
        try? input.close()
    }
}
