/// What the name of a file says of the migration in it.
package struct MigrationName: Sendable, Hashable {
    /// How files of a folder are named.
    package enum Style: Sendable, Hashable {
        /// `20250114102000_add_invoices.sql`: ours, dbmate's and goose's.
        case numbered
        /// `20250114102000_add_invoices.up.sql` and `.down.sql`: golang-migrate's.
        case paired
        /// `V1.2__add_invoices.sql`, `U1.2__add_invoices.sql` and `R__views.sql`: Flyway's.
        case flyway

        /// Whose names these are, for people.
        var hint: String {
            switch self {
            case .numbered: "`1_a` is nexenv's, dbmate's and goose's"
            case .paired: "`1_a.up` is golang-migrate's"
            case .flyway: "`V1__a` is Flyway's"
            }
        }
    }

    /// What a file holds of its migration.
    package enum Role: Sendable, Hashable {
        /// The way up, and the way down behind a marker where there is one.
        case both
        /// The way up of a pair.
        case up
        case down
        /// The whole of something that is run again whenever it changes.
        case repeatable
    }

    /// The migration's name, by which the ledger knows it: the file's without direction and extension.
    package var name: String
    package var style: Style
    package var role: Role

    /// Nothing for what is repeatable.
    package var version: MigrationVersion?

    /// The version as it is written, leading zeros and all.
    package var digits: String

    /// Reads a file's name; nothing where it has no version.
    ///
    /// - Parameters:
    ///   - file: The name.
    ///   - extensions: What the names of migrations end with, such as `sql`.
    package init?(file: String, extensions: [String]) {
        guard let stem = Self.stem(of: file, extensions) else { return nil }
        self.init(stem: stem)
    }

    /// Returns a file's name without its extension, or nothing where it has another one.
    package static func stem(of file: String, _ extensions: [String]) -> String? {
        guard !file.hasPrefix("."), let dot = file.lastIndex(of: "."), dot != file.startIndex,
            extensions.contains(file[file.index(after: dot)...].lowercased())
        else { return nil }
        return String(file[..<dot])
    }

    private init?(stem: String) {
        if let name = Self.flyway(stem) {
            self = name
            return
        }
        let digits = stem.prefix { $0.isASCII && $0.isNumber }
        guard let version = MigrationVersion([digits]) else { return nil }
        self.digits = String(digits)
        self.version = version
        switch stem.split(separator: ".").last {
        case "up": (name, style, role) = (String(stem.dropLast(3)), .paired, .up)
        case "down": (name, style, role) = (String(stem.dropLast(5)), .paired, .down)
        default: (name, style, role) = (stem, .numbered, .both)
        }
    }

    private init(_ name: String, _ style: Style, _ role: Role, _ version: MigrationVersion?, digits: String) {
        self.name = name
        self.style = style
        self.role = role
        self.version = version
        self.digits = digits
    }

    private static func flyway(_ stem: String) -> MigrationName? {
        guard let first = stem.first, let separator = stem.firstRange(of: "__") else { return nil }
        let version = stem[stem.index(after: stem.startIndex)..<separator.lowerBound]
        let parts = version.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "_" }
        switch first {
        case "R" where version.isEmpty: return MigrationName(stem, .flyway, .repeatable, nil, digits: "")
        case "V":
            return MigrationVersion(parts).map { MigrationName(stem, .flyway, .both, $0, digits: String(version)) }
        case "U":
            return MigrationVersion(parts).map { MigrationName(stem, .flyway, .down, $0, digits: String(version)) }
        default: return nil
        }
    }

    /// The version in a migration's name, as a ledger has it.
    static func version(ofMigration name: String) -> MigrationVersion? { MigrationName(stem: name)?.version }
}
