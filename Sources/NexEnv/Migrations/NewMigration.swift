import Foundation

/// A migration that is to be written: its files, named as the others in the folder are.
package struct NewMigration: Sendable {
    /// One file.
    package struct File: Sendable {
        package var path: String
        package var content: String
    }

    package var files: [File]

    /// Makes up the files of a new migration.
    ///
    /// - Parameters:
    ///   - title: What it does, in a few words.
    ///   - time: Now, in seconds since 1970.
    /// - Throws: ``NexEnvError`` for a title without a letter or digit.
    package init<Statement>(
        _ title: String,
        in listing: MigrationListing,
        _ format: MigrationFormat<Statement>,
        time: Double
    ) throws(NexEnvError) {
        let words = title.lowercased().split { !($0.isLetter || $0.isNumber) }
        guard !words.isEmpty else {
            throw NexEnvError(.notFound, "`\(title)` is no name for a file", hint: "say in a few words what it does")
        }
        let slug = words.joined(separator: "_")
        let newest = listing.entries.last { $0.version != nil }
        let digits = Self.digits(after: newest?.up.name.digits, time)
        let ending = format.extensions[0]
        switch newest?.up.name.style ?? .numbered {
        case .numbered:
            let text = format.template(newest.flatMap { Self.markers($0.up) }, .both)
            files = [File(path: "\(digits)_\(slug).\(ending)", content: text)]
        case .paired:
            let ending = newest.flatMap { $0.up.fileName.split(separator: ".").last.map(String.init) } ?? ending
            files = [
                File(path: "\(digits)_\(slug).up.\(ending)", content: format.template(nil, .up)),
                File(path: "\(digits)_\(slug).down.\(ending)", content: format.template(nil, .down)),
            ]
        case .flyway: files = [File(path: "V\(digits)__\(slug).\(ending)", content: format.template(nil, .up))]
        }
        for index in files.indices { files[index].path = listing.folder.path + "/" + files[index].path }
    }

    /// Writes the files; none that is there already is touched.
    package func write() throws(NexEnvError) {
        for file in files {
            do {
                try Data(file.content.utf8).write(to: URL(filePath: file.path), options: .withoutOverwriting)
            } catch {
                throw NexEnvError(.inputOutput, "\(file.path) can't be written", underlying: error)
            }
        }
    }

    /// The next version: the time in UTC where versions are times, or there are none; else the next number, as wide.
    private static func digits(after newest: String?, _ time: Double) -> String {
        let now = MigrationTime.text(time).filter(\.isNumber)
        guard let newest else { return now }
        guard newest.count == now.count, newest.allSatisfy(\.isNumber) else { return next(newest) }
        return newest < now ? now : next(newest)
    }

    /// Returns digits, or the last of several parts of digits, counted up by one.
    private static func next(_ digits: String) -> String {
        var all = Array(digits.utf8)
        let zero = UInt8(ascii: "0")
        for index in all.indices.reversed() {
            guard MigrationVersion.isDigit(all[index]) else { break }
            if all[index] < zero + 9 {
                all[index] += 1
                return String(decoding: all, as: UTF8.self)
            }
            all[index] = zero
        }
        let start = (all.lastIndex { !MigrationVersion.isDigit($0) } ?? -1) + 1
        all.insert(zero + 1, at: start)
        return String(decoding: all, as: UTF8.self)
    }

    /// Whose markers a file has.
    private static func markers(_ file: MigrationFile) -> MigrationMarkers? {
        let comments = String(decoding: file.bytes, as: UTF8.self).split(whereSeparator: \.isNewline).lazy
            .filter { $0.hasPrefix("--") }.map { $0.dropFirst(2).trimmingCharacters(in: .whitespaces) }
        return comments.compactMap { MigrationMarkers.owner(of: $0) }.first
    }
}

extension MigratableEngine {
    /// Makes up a new migration of a folder.
    package func newMigration(_ title: String, in folder: ResourcePath) throws -> NewMigration {
        let format = Self.migrationFormat
        let listing = try MigrationListing.read(folder, extensions: format.extensions)
        return try NewMigration(title, in: listing, format, time: Date().timeIntervalSince1970)
    }
}
