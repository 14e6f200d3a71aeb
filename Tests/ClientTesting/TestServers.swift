import Foundation

/// The environment whose databases the clients' tests lease.
package enum TestServers {
    package static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Servers/nexenv.yaml").path()
}
