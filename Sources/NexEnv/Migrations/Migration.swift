/// One migration, read and understood.
package struct Migration<Statement: ScriptStatement>: Sendable {
    package var file: MigrationFile
    package var checksum: String
    package var up: Script<Statement>

    /// The way down; nothing where the file has none, or has nothing in it.
    package var down: Script<Statement>?

    /// The first line of the file.
    package var position: SourcePosition

    package var name: String { file.name.name }
    package var version: MigrationVersion? { file.name.version }
    package var isRepeatable: Bool { file.name.role == .repeatable }

    package var kind: LedgerEntry.Kind { isRepeatable ? .repeatable : .migration }

    /// Returns one way; the way down of a migration that has none is empty.
    package func script(_ direction: MigrationDirection) -> Script<Statement> {
        direction == .up ? up : down ?? Script([])
    }
}

/// How an engine's migrations are written.
package struct MigrationFormat<Statement: ScriptStatement>: Sendable {
    /// What the names of files end with; new ones with the first.
    package var extensions: [String]

    /// Reads one file.
    package var read: @Sendable (MigrationFile, SourceFile) throws(Diagnostics) -> MigrationSections<Statement>

    /// The text of a new file, by the markers that others in the folder have.
    package var template: @Sendable (MigrationMarkers?, MigrationName.Role) -> String
}

/// What one file holds of each way.
package struct MigrationSections<Statement: ScriptStatement>: Sendable {
    package var up: [Script<Statement>.Step] = []
    package var down: [Script<Statement>.Step] = []

    /// Where the way down starts, where the file has one.
    package var downPosition: SourcePosition?
}

/// The migrations of a database's folder, in the order in which they run.
package struct MigrationFolder<Statement: ScriptStatement>: Sendable {
    package var folder: ResourcePath
    package var migrations: [Migration<Statement>]

    /// Reads every migration of a folder.
    ///
    /// - Throws: ``Diagnostics`` with the problems of all files.
    package static func read(
        _ listing: MigrationListing,
        _ format: MigrationFormat<Statement>
    ) throws(Diagnostics) -> MigrationFolder {
        var migrations: [Migration<Statement>] = []
        var problems: [Diagnostic] = []
        for entry in listing.entries {
            do {
                migrations.append(try migration(entry, format))
            } catch {
                problems += error.all
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems, exitStatus: .dataError) }
        return MigrationFolder(folder: listing.folder, migrations: migrations)
    }

    private static func migration(
        _ entry: MigrationListing.Entry,
        _ format: MigrationFormat<Statement>
    ) throws(Diagnostics) -> Migration<Statement> {
        let source = try entry.up.source()
        let sections = try format.read(entry.up, source)
        var down = sections.down
        if let file = entry.down {
            let own = try format.read(file, file.source())
            if let position = sections.downPosition {
                let message = "`\(entry.name)` has two ways down: here and in `\(file.fileName)`"
                throw Diagnostics([Diagnostic(.migration, message, at: position)], exitStatus: .dataError)
            }
            down = own.down
        }
        let script = Script<Statement>(down)
        return Migration(
            file: entry.up,
            checksum: entry.up.checksum,
            up: Script(sections.up),
            down: script.isEmpty ? nil : script,
            position: SourcePosition(file: source, line: 1, column: 1)
        )
    }
}
