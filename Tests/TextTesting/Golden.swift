import Foundation
package import Testing

/// Compares output with files that are kept beside the tests, in the folder `Golden` of their target.
///
/// After a change that is meant, record them again and read the difference before it is committed:
///
///     NEXENV_RECORD_GOLDEN=1 swift test --filter NexEnv && git diff Tests
package struct Golden: Sendable {
    private let folder: String

    /// Creates it for the target that a test file belongs to.
    ///
    /// - Parameter file: A file anywhere in the target.
    package init(file: String = #filePath) {
        let parts = file.components(separatedBy: "/Tests/")
        let target = parts.last?.split(separator: "/").first.map(String.init) ?? ""
        folder = parts.dropLast().joined(separator: "/Tests/") + "/Tests/\(target)/Golden"
    }

    /// Expects a text to be what its file says.
    package func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = "\(folder)/\(name)"
        if ProcessInfo.processInfo.environment["NEXENV_RECORD_GOLDEN"] == "1" {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("\(name) was recorded", severity: .warning, sourceLocation: sourceLocation)
            return
        }
        let expected = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == expected, "differs from \(name)", sourceLocation: sourceLocation)
    }
}
