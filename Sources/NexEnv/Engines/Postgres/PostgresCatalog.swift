import Foundation
import PostgresClient

/// What a server has of the roles and databases that the file declares, read in one query.
struct PostgresCatalog: Sendable {
    /// What a role may do.
    struct RoleAttributes: Sendable, Hashable {
        var canLogin: Bool
        var canCreateDatabases: Bool
        var canCreateRoles: Bool
        var bypassesRowSecurity: Bool

        init(_ role: PostgresRole) {
            canLogin = role.canLogin
            canCreateDatabases = role.canCreateDatabases
            canCreateRoles = role.canCreateRoles
            bypassesRowSecurity = role.bypassesRowSecurity
        }

        fileprivate init(text: String) {
            let flags = Array(text)
            canLogin = flags.first == "t"
            canCreateDatabases = flags.count > 1 && flags[1] == "t"
            canCreateRoles = flags.count > 2 && flags[2] == "t"
            bypassesRowSecurity = flags.count > 3 && flags[3] == "t"
        }

        var sql: String {
            [
                canLogin ? "LOGIN" : "NOLOGIN",
                canCreateDatabases ? "CREATEDB" : "NOCREATEDB",
                canCreateRoles ? "CREATEROLE" : "NOCREATEROLE",
                bypassesRowSecurity ? "BYPASSRLS" : "NOBYPASSRLS",
            ].joined(separator: " ")
        }
    }

    var roles: [String: RoleAttributes] = [:]
    /// The owner of each database that exists.
    var databaseOwners: [String: String] = [:]
    /// Whether there is a database that nexenv makes for itself: one in use, or left behind by a run that was killed.
    var hasScratch = false
    /// Pairs of a member and the role that it belongs to.
    var memberships: Set<[String]> = []

    static func read(_ engine: Postgres, _ connection: PostgresConnection) async throws -> PostgresCatalog {
        let roles = engine.roles.map(\.name) + engine.databases.compactMap(\.value.owner)
        let sql = """
            SELECT 'role', rolname, concat(left(rolcanlogin::text, 1), left(rolcreatedb::text, 1),
                   left(rolcreaterole::text, 1), left(rolbypassrls::text, 1))
              FROM pg_roles WHERE rolname IN (SELECT jsonb_array_elements_text($1::jsonb))
            UNION ALL
            SELECT 'database', datname, pg_get_userbyid(datdba)
              FROM pg_database WHERE datname IN (SELECT jsonb_array_elements_text($2::jsonb))
            UNION ALL
            SELECT 'scratch', name, '' FROM (\(PostgresScratchDatabase.names)) AS scratch
            UNION ALL
            SELECT 'member', pg_get_userbyid(member), pg_get_userbyid(roleid) FROM pg_auth_members
            """
        let names = [PostgresValue(try json(roles)), PostgresValue(try json(engine.databases.map(\.name)))]
        var catalog = PostgresCatalog()
        for row in try await connection.query(sql, names) {
            let (kind, name, detail) = (try row.string(0), try row.string(1), try row.string(2))
            switch kind {
            case "role": catalog.roles[name] = RoleAttributes(text: detail)
            case "scratch": catalog.hasScratch = catalog.hasScratch || ScratchName(name) != nil
            case "database": catalog.databaseOwners[name] = detail
            default: catalog.memberships.insert([name, detail])
            }
        }
        return catalog
    }

    /// Returns texts as a JSON array, which carries any name without quoting rules of its own.
    private static func json(_ names: [String]) throws -> String {
        String(decoding: try JSONEncoder().encode(names), as: UTF8.self)
    }
}

/// What a database still needs, as its owner can see without rights beyond its own.
struct PendingWork: Sendable {
    var extensions: [String]
    var hasScripts: Bool
    /// Whether its migrations and its ledger differ in anything.
    var hasMigrations = false

    /// Whether all is there that comes before migrations.
    var isFilled: Bool { extensions.isEmpty && !hasScripts }

    static func read(
        _ database: PostgresDatabase,
        _ flavor: PostgresFlavor,
        _ connection: PostgresConnection
    ) async throws -> PendingWork {
        let sql = """
            SELECT extname FROM pg_extension
            UNION ALL
            SELECT 'nexenv.ledger' WHERE to_regclass('nexenv.ledger') IS NOT NULL
            """
        let present = Set(try await connection.query(sql).map { try $0.string(0) })
        var work = PendingWork(
            extensions: wanted(database, flavor).filter { !present.contains($0) },
            hasScripts: !database.initFiles.isEmpty
        )
        guard work.hasScripts || database.migrations != nil else { return work }
        let hasLedger = present.contains("nexenv.ledger")
        let ledger = hasLedger ? try await PostgresLedger.readExisting(connection) : PostgresLedger()
        work.hasScripts = !database.initFiles.allSatisfy { ledger.entry(.initFile, $0.written)?.isComplete == true }
        if let folder = database.migrations {
            work.hasMigrations = try !Postgres.isMigrated(folder, ledger.entries)
        }
        return work
    }

    /// What a new database needs.
    static func all(_ database: PostgresDatabase, _ flavor: PostgresFlavor) -> PendingWork {
        PendingWork(extensions: wanted(database, flavor), hasScripts: !database.initFiles.isEmpty)
    }

    private static func wanted(_ database: PostgresDatabase, _ flavor: PostgresFlavor) -> [String] {
        flavor.extensions + database.extensions.filter { !flavor.extensions.contains($0) }
    }
}
