/// PostgreSQL, 14 to 18.
package struct Postgres: Engine {
    package static let name = "postgres"
    package static let summary = "PostgreSQL: databases with owners, extensions, init SQL, roles and settings."
    package static let defaultVersion = "17"

    /// What is the same server under another name, such as TimescaleDB.
    package var flavor = PostgresFlavor.plain

    /// Whether its databases stand in for others, so that what acts on the server as a whole is left out.
    var isStandIn = false

    /// Whether the server lives only as long as a run of tests: what protects it from other users of the machine stays, and
    /// what makes a log-in slow doesn't.
    var isForTests = false

    /// The superuser.
    package var user = "postgres"
    package var password: String?

    /// Server settings, passed on the command line.
    package var settings: [Named<String>] = []

    /// A configuration file that takes the place of the server's own.
    package var configuration: ResourcePath?

    /// SQL for the server as a whole, run once per data directory in the maintenance database.
    package var initFiles: [ResourcePath] = []
    package var roles: [Named<PostgresRole>] = []
    package var databases: [Named<PostgresDatabase>] = []

    package var port: Int? { 5432 }
    package var startUp: Duration { .milliseconds(100) }

    package static let shape = Shape<Postgres>(
        "a postgres service",
        summary,
        defaults: Postgres(),
        [
            Field("user", \.user, .objectName, "The superuser."),
            Field("password", \.password, .password, "Its password; made once and kept when left out."),
            Field("settings", \.settings, .map(of: .text), "Server settings, as in postgresql.conf."),
            Field("config", \.configuration, .file, "A configuration file in place of the server's."),
            Field(
                "init",
                \.initFiles,
                .list(of: .file),
                "SQL files, run once per data directory in the database `postgres`, as the superuser."
            ),
            Field("roles", \.roles, .map(keys: .objectName, of: PostgresRole.shape.value), "Roles besides the owners."),
            Field(
                "databases",
                \.databases,
                .map(keys: .objectName, of: PostgresDatabase.shape.value),
                "Databases; made on any `up` that finds them missing."
            ),
        ]
    )

    package func validate(_ service: ServiceOptions, at position: SourcePosition, _ context: DecodingContext) {
        for database in databases where ["template0", "template1"].contains(database.name) {
            context.report(.invalidValue, "`\(database.name)` belongs to PostgreSQL itself", at: database.position)
        }
        for name in roles.map({ ($0.name, $0.position) }) + databases.map({ ($0.value.owner ?? "", $0.position) })
        where name.0.hasPrefix("pg_") {
            context.report(.invalidValue, "role names that start with `pg_` are PostgreSQL's own", at: name.1)
        }
        if let bad = user.first(where: { "\"$'\\".contains($0) }) {
            context.report(.invalidValue, "`initdb` makes no user with a `\(bad)` in its name", at: position)
        }
        if user.hasPrefix("pg_") {
            context.report(.invalidValue, "user names that start with `pg_` are PostgreSQL's own", at: position)
        }
    }

    package func checkFiles(_ context: DecodingContext) {
        for path in initFiles + databases.flatMap(\.value.initFiles) {
            do {
                _ = try SQLSplitter.split(SourceFile.read(path.path))
            } catch {
                context.report(error.all)
            }
        }
        checkMigrations(context)
    }

    /// The superuser, the roles that log in, and the owners of databases.
    package func accounts(_ service: Service) -> [Account] {
        var accounts = [Account(user: user, declaredPassword: password)]
        for role in roles where role.value.canLogin {
            accounts.append(Account(user: role.name, declaredPassword: role.value.password))
        }
        for owner in databases.compactMap(\.value.owner) where !accounts.contains(where: { $0.user == owner }) {
            guard !roles.contains(where: { $0.name == owner }) else { continue }
            accounts.append(Account(user: owner, declaredPassword: nil))
        }
        return accounts
    }
}

/// A role besides the owners of databases.
package struct PostgresRole: Sendable, Hashable {
    package var password: String?
    package var canLogin = true
    package var memberOf: [String] = []
    package var canCreateDatabases = false
    package var canCreateRoles = false
    package var bypassesRowSecurity = false

    static let shape = Shape<PostgresRole>(
        "a role",
        "A role; its password is made once and kept when left out.",
        defaults: PostgresRole(),
        [
            Field("password", \.password, .password, "The password."),
            Field("login", \.canLogin, .boolean, "Whether the role may log in."),
            Field("member_of", \.memberOf, .list(of: .objectName), "Roles whose rights it has."),
            Field("createdb", \.canCreateDatabases, .boolean, "Whether it may create databases."),
            Field("createrole", \.canCreateRoles, .boolean, "Whether it may create roles."),
            Field("bypassrls", \.bypassesRowSecurity, .boolean, "Whether row-level security is not for it."),
        ]
    )
}

/// A database of a server.
package struct PostgresDatabase: Sendable, Hashable {
    package var owner: String?
    package var extensions: [String] = []
    package var initFiles: [ResourcePath] = []
    package var migrations: ResourcePath?

    static let shape = Shape<PostgresDatabase>(
        "a database",
        "A database.",
        defaults: PostgresDatabase(),
        [
            Field("owner", \.owner, .objectName, "The role that owns it; made with a password of its own."),
            Field(
                "extensions",
                \.extensions,
                .list(of: .objectName),
                "Extensions, made on any `up` that finds them missing."
            ),
            Field("init", \.initFiles, .list(of: .file), "SQL files, run once, in order, as the owner."),
            Field(
                "migrations",
                \.migrations,
                .folder,
                "A folder of SQL files that change it, each run once, as the owner."
            ),
        ]
    )
}
