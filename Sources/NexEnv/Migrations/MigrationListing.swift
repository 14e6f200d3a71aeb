import Foundation

/// The files of a migrations folder, put together to migrations in their order; their content is not yet understood.
///
/// Cheap enough for an `up` that has nothing to do: names and digests are all that it takes to see that.
package struct MigrationListing: Sendable {
    /// One migration: a file, or a pair.
    package struct Entry: Sendable {
        /// The file with the way up.
        package var up: MigrationFile
        /// The file that has only the way down.
        package var down: MigrationFile?

        package var name: String { up.name.name }
        package var version: MigrationVersion? { up.name.version }
        package var isRepeatable: Bool { up.name.role == .repeatable }
    }

    /// The folder, as the environment file names it.
    package var folder: ResourcePath

    /// By version; what is repeatable comes last, by name.
    package var entries: [Entry]

    /// Reads a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - extensions: What the names of migrations end with; other files are nobody's business here.
    /// - Throws: ``Diagnostics`` for names without a version, two files of one version, a way down without its way up.
    package static func read(_ folder: ResourcePath, extensions: [String]) throws(Diagnostics) -> MigrationListing {
        var reader = MigrationListingReader(folder: folder, extensions: extensions)
        let entries = reader.entries()
        guard reader.problems.isEmpty else { throw Diagnostics(reader.problems, exitStatus: .dataError) }
        return MigrationListing(folder: folder, entries: entries)
    }
}

/// Reads a folder and collects what is wrong in it.
private struct MigrationListingReader {
    let folder: ResourcePath
    let extensions: [String]
    var problems: [Diagnostic] = []

    mutating func entries() -> [MigrationListing.Entry] {
        let files = files()
        reportMixed(files)
        var entries: [MigrationListing.Entry] = []
        var byVersion: [MigrationVersion: Int] = [:]
        for file in files where file.name.role != .down {
            if let version = file.name.version, let other = byVersion[version] {
                reportTwice(entries[other].up, file)
                continue
            }
            if let version = file.name.version { byVersion[version] = entries.count }
            entries.append(MigrationListing.Entry(up: file))
        }
        for file in files where file.name.role == .down {
            guard let version = file.name.version, let index = byVersion[version] else {
                report("`\(file.fileName)` is the way down of nothing", hint: "its way up is missing")
                continue
            }
            if let other = entries[index].down { reportTwice(other, file) }
            entries[index].down = file
        }
        return entries.sorted { left, right in
            switch (left.version, right.version) {
            case (let one?, let two?): one < two
            case (nil, nil): left.name < right.name
            case (let one, _): one != nil
            }
        }
    }

    /// The files that are migrations, by name.
    private mutating func files() -> [MigrationFile] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            report("the folder `\(folder.written)` can't be read")
            return []
        }
        return names.sorted().compactMap { name in
            let path = folder.path + "/" + name
            guard MigrationName.stem(of: name, extensions) != nil else {
                if isFolder(path, name) { lookInside(path, name) }
                return nil
            }
            guard let parsed = MigrationName(file: name, extensions: extensions) else {
                reportNameless(name)
                return nil
            }
            return read(path, name, parsed)
        }
    }

    private mutating func read(_ path: String, _ name: String, _ parsed: MigrationName) -> MigrationFile? {
        guard let real = realPath(path), let size = regularFileSize(real) else {
            report("`\(name)` is not a regular file")
            return nil
        }
        // A link may lead to anything that the environment may name, and no further.
        let isInside = real.hasPrefix(folder.path + "/") || PathBoundary(file: folder.position.file).contains(real)
        guard isInside else {
            report("`\(name)` is a link that leaves the folder of its environment", code: .outsidePath)
            return nil
        }
        guard size <= Self.largest else {
            report("`\(name)` has \(size) bytes; \(Self.largest) is the limit", code: .tooLarge)
            return nil
        }
        guard let bytes = FileManager.default.contents(atPath: real) else {
            report("`\(name)` can't be read", hint: "check the file's permissions", code: .unreadableFile)
            return nil
        }
        return MigrationFile(name: parsed, fileName: name, path: real, bytes: Array(bytes))
    }

    /// The size that init files may have too.
    private static let largest = 64 << 20

    private func isFolder(_ path: String, _ name: String) -> Bool {
        var isFolder: ObjCBool = false
        return !name.hasPrefix(".") && FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// A migration that nobody runs would be worse than an error.
    private mutating func lookInside(_ path: String, _ name: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard names.contains(where: { MigrationName(file: $0, extensions: extensions) != nil }) else { return }
        report("`\(name)/` has migrations in it; folders inside the folder aren't read", hint: "move them up")
    }

    // MARK: - Problems

    private mutating func report(_ message: String, hint: String? = nil, code: Diagnostic.Code = .migration) {
        problems.append(Diagnostic(code, message, at: folder.position, hint: hint))
    }

    private mutating func reportTwice(_ one: MigrationFile, _ two: MigrationFile) {
        report(
            "`\(one.fileName)` and `\(two.fileName)` have the same version",
            hint: "give the newer one a version of its own"
        )
    }

    /// Two tools' names in one folder: what belongs to what would be a guess.
    ///
    /// What is repeatable goes with any of them.
    private mutating func reportMixed(_ files: [MigrationFile]) {
        let ordered = files.filter { $0.name.role != .repeatable }
        guard let one = ordered.first, let other = ordered.first(where: { $0.name.style != one.name.style }) else {
            return
        }
        report(
            "`\(one.fileName)` and `\(other.fileName)` are named by the rules of two tools",
            hint: "\(one.name.style.hint), \(other.name.style.hint): a folder has one kind of names"
        )
    }

    private mutating func reportNameless(_ name: String) {
        let isCallback = ["before", "after", "B"].contains { name.hasPrefix($0) }
        let hint =
            isCallback
            ? "Flyway's callbacks and baselines aren't run here: keep them in another folder"
            : "a name starts with digits, as in `20250114102000_add_invoices.\(extensions[0])`"
        report("`\(name)` has no version in its name", hint: hint)
    }
}

extension Diagnostic.Code {
    package static let migration = Self("migration")
    package static let changedMigration = Self("migration-changed")
    package static let missingMigration = Self("migration-missing")
    package static let outOfOrder = Self("migration-out-of-order")
    package static let halfDone = Self("migration-half-done")
    package static let noWayDown = Self("migration-no-down")
}
