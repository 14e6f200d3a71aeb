import Foundation

/// Migrations in SQL: statements, and comments that mark what they are for.
enum SQLMigration {
    static let format = MigrationFormat<SQLStatement>(extensions: ["sql"], read: read, template: template)

    /// Reads a file, in whichever tool's layout it is.
    ///
    /// What stands before any marker is one step: up, or down where the file's name says so.
    @Sendable
    static func read(_ file: MigrationFile, _ source: SourceFile) throws(Diagnostics) -> MigrationSections<SQLStatement>
    {
        let parts = try SQLSplitter.parts(of: source) { MigrationMarkers.owner(of: $0) != nil }
        var reader = SQLMigrationReader(role: file.name.role)
        for part in parts {
            switch part {
            case .statement(let statement): reader.take(statement)
            case .marker(let comment, let position): reader.take(comment, at: position)
            }
        }
        reader.finish()
        if file.name.style == .flyway { reader.checkFlyway(file) }
        guard reader.problems.isEmpty else { throw Diagnostics(reader.problems, exitStatus: .dataError) }
        return reader.sections
    }

    @Sendable
    private static func template(_ markers: MigrationMarkers?, _ role: MigrationName.Role) -> String {
        guard role == .both else { return "" }
        return switch markers ?? .nexenv {
        case .nexenv: "-- nexenv:up\n\n-- nexenv:down\n"
        case .dbmate: "-- migrate:up\n\n-- migrate:down\n\n"
        case .goose: "-- +goose Up\n\n-- +goose Down\n"
        }
    }
}

/// Puts the statements of one file into its steps.
private struct SQLMigrationReader {
    let role: MigrationName.Role
    private(set) var sections = MigrationSections<SQLStatement>()
    private(set) var problems: [Diagnostic] = []

    private var owner: MigrationMarkers?
    private var direction: MigrationDirection?
    private var hasTransactions = true
    private var openStatement: SourcePosition?
    private var strays: [SQLStatement] = []

    init(role: MigrationName.Role) {
        self.role = role
    }

    mutating func take(_ statement: SQLStatement) {
        switch direction {
        case .up: sections.up[sections.up.count - 1].statements.append(statement)
        case .down: sections.down[sections.down.count - 1].statements.append(statement)
        case nil: strays.append(statement)
        }
    }

    mutating func take(_ comment: String, at position: SourcePosition) {
        guard let own = MigrationMarkers.owner(of: comment) else { return }
        if let owner, owner != own {
            report("the file has markers of \(owner.rawValue) already", at: position, hint: "use one tool's markers")
            return
        }
        owner = own
        do {
            switch try own.meaning(of: comment) {
            case .step(let direction, let isTransaction): begin(direction, isTransaction, at: position)
            case .noTransactions: hasTransactions = false
            case .statementBegin: openStatement = position
            case .statementEnd: openStatement = nil
            case .nothing: return
            }
        } catch {
            report(error.message, at: position, hint: error.hint)
        }
    }

    private mutating func begin(_ direction: MigrationDirection, _ isTransaction: Bool, at position: SourcePosition) {
        let own: MigrationDirection? =
            switch role {
            case .both: nil
            case .up, .repeatable: .up
            case .down: .down
            }
        if let own, own != direction {
            let hint = "its name says that it is the way \(own.rawValue)"
            report("the way \(direction.rawValue) has no place in this file", at: position, hint: hint)
        }
        self.direction = direction
        let step = Script<SQLStatement>.Step(isTransaction: isTransaction, [])
        if direction == .up {
            sections.up.append(step)
        } else {
            sections.down.append(step)
            sections.downPosition = sections.downPosition ?? position
        }
    }

    mutating func finish() {
        if let openStatement { report("there is no `-- +goose StatementEnd` for this", at: openStatement) }
        if let stray = strays.first, let owner, !sections.up.isEmpty || role == .down {
            let hint = "put `-- \(owner.begin(sections.up.isEmpty ? .down : .up))` above it"
            report("this stands before the first marker of \(owner.rawValue)", at: stray.position, hint: hint)
        } else if !strays.isEmpty {
            let step = Script<SQLStatement>.Step(strays)
            if role == .down { sections.down = [step] } else { sections.up = [step] }
        }
        if !hasTransactions {
            for index in sections.up.indices { sections.up[index].isTransaction = false }
            for index in sections.down.indices { sections.down[index].isTransaction = false }
        }
    }

    /// What Flyway has beside its files: `NAME.conf` and placeholders.
    mutating func checkFlyway(_ file: MigrationFile) {
        let configuration = (try? String(contentsOfFile: file.path + ".conf", encoding: .utf8)) ?? ""
        let settings = configuration.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
        if settings.contains("executeInTransaction=false") {
            for index in sections.up.indices { sections.up[index].isTransaction = false }
        }
        for statement in sections.up.flatMap(\.statements) + sections.down.flatMap(\.statements) {
            guard let range = statement.text.firstRange(of: /\$\{[A-Za-z][A-Za-z0-9_.:\-]*\}/) else { continue }
            let name = statement.text[range]
            let offset = statement.text[..<range.lowerBound].unicodeScalars.count + 1
            var position = statement.position(ofCharacter: offset)
            position.length = name.count
            report("Flyway's placeholder `\(name)` isn't replaced here", at: position, hint: "write the value itself")
        }
    }

    private mutating func report(_ message: String, at position: SourcePosition, hint: String? = nil) {
        problems.append(Diagnostic(.migration, message, at: position, hint: hint))
    }
}
