import Foundation
import TextTesting
import Testing

@testable import NexEnv

/// A folder of migrations that is gone with the value.
struct MigrationSample {
    private let folder: ScratchFolder

    /// The folder as an environment file beside it would name it.
    let path: ResourcePath

    init(_ files: [String: String]) throws {
        folder = try ScratchFolder([:])
        try folder.makeFolder("migrations")
        for (name, content) in files { try folder.write(content, to: "migrations/\(name)") }
        let file = SourceFile("migrations: migrations\n", path: "\(folder.path)/nexenv.yaml")
        path = ResourcePath(
            path: "\(folder.path)/migrations",
            written: "migrations",
            position: SourcePosition(file: file, line: 1, column: 13)
        )
    }

    func write(_ content: String, to name: String) throws { try folder.write(content, to: "migrations/\(name)") }

    func link(_ name: String, to target: String) throws { try folder.link("migrations/\(name)", to: target) }

    func listing(_ extensions: [String] = ["sql"]) throws(Diagnostics) -> MigrationListing {
        try MigrationListing.read(path, extensions: extensions)
    }

    func sql() throws(Diagnostics) -> MigrationFolder<SQLStatement> {
        try MigrationFolder.read(listing(), SQLMigration.format)
    }

    /// The messages of what is wrong with the folder.
    func problems() -> [Diagnostic] {
        do {
            _ = try sql()
            return []
        } catch {
            return error.all
        }
    }
}

extension Script {
    /// The statements of each step, and whether it is a transaction.
    func outline(_ text: (Statement) -> String) -> [[String]] {
        steps.map { ($0.isTransaction ? [] : ["tx=off"]) + $0.statements.map(text) }
    }
}

extension Script<SQLStatement> {
    var outline: [[String]] { outline { $0.text.trimmingCharacters(in: .whitespacesAndNewlines) } }
}
