#if MongoDB
/// Migrations of MongoDB: YAML files with commands.
enum MongoMigration {
    static let format = MigrationFormat<MongoCommand>(
        extensions: ["yaml", "yml", "json"],
        read: read,
        template: { _, role in role == .both ? "up: []\n\ndown: []\n" : "[]\n" }
    )

    /// What a file holds: `up:` and `down:`, or a list that is all of one way.
    private struct Content: Sendable {
        var up: [MongoCommand] = []
        var down: [MongoCommand] = []
        var transactions = Switch.on

        static let shape = Shape<Content>(
            "a migration",
            "Commands as `runCommand` takes them.",
            defaults: Content(),
            [
                Field("up", \.up, .list(of: .command), "What is done."),
                Field("down", \.down, .list(of: .command), "What takes it back."),
                Field("tx", \.transactions, .choice, "Whether commands that write documents run in transactions."),
            ]
        )
    }

    private enum Switch: String, Sendable, CaseIterable {
        case on
        case off
    }

    @Sendable
    private static func read(
        _ file: MigrationFile,
        _ source: SourceFile
    ) throws(Diagnostics) -> MigrationSections<MongoCommand> {
        let root: YAMLNode
        do {
            root = try YAMLReader.read(source)
        } catch {
            throw Diagnostics(error.all, exitStatus: .dataError)
        }
        let context = DecodingContext()
        var content = Content()
        if root.elements != nil {
            let commands = ValueShape<[MongoCommand]>.list(of: .command).decode(root, context) ?? []
            if file.name.role == .down { content.down = commands } else { content.up = commands }
        } else if !root.isNull {
            content = Content.shape.value.decode(root, context) ?? content
            let other = file.name.role == .down ? root["up"] : file.name.role == .up ? root["down"] : nil
            if let other {
                context.report(
                    .migration,
                    "this has no place here: the file's name says what it is",
                    at: other.position
                )
            }
        }
        guard context.problems.isEmpty else { throw Diagnostics(context.problems, exitStatus: .dataError) }
        var sections = MigrationSections<MongoCommand>()
        let isTransaction = content.transactions == .on
        if !content.up.isEmpty { sections.up = [.init(isTransaction: isTransaction, content.up)] }
        if !content.down.isEmpty { sections.down = [.init(isTransaction: isTransaction, content.down)] }
        if file.name.role == .both { sections.downPosition = content.down.first?.position }
        return sections
    }
}
#endif
