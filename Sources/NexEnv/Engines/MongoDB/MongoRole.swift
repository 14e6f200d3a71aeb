#if MongoDB
import MongoClient

/// What those who have a role may do with a collection.
package enum MongoRight: String, Sendable, CaseIterable {
    case read
    /// Read and insert: what is there stays as it is.
    case add
    /// Read, insert, update and remove.
    case write

    private static let reading = ["find", "listIndexes", "collStats", "changeStream"]

    /// The server's names for it.
    fileprivate var actions: [String] {
        switch self {
        case .read: Self.reading
        case .add: Self.reading + ["insert"]
        case .write: Self.reading + ["insert", "update", "remove"]
        }
    }
}

/// Makes the roles of a database what the file says; roles that the file doesn't name are left alone.
struct MongoRoleReconciler {
    let roles: [Named<[Named<MongoRight>]>]
    let database: String
    let connection: MongoConnection

    func run() async throws -> [String] {
        guard !roles.isEmpty else { return [] }
        let existing = try await read()
        var changes: [String] = []
        for role in roles {
            let wanted = privileges(of: role.value)
            let old = existing[role.name]
            guard old != Set(wanted.flatMap(Self.rights)) else { continue }
            let command: BSONDocument = [
                old == nil ? "createRole" : "updateRole": .string(role.name),
                "privileges": .array(wanted.map { .document($0) }), "roles": [],
            ]
            try await connection.run(command, in: database)
            changes.append("role \(role.name) \(old == nil ? "created" : "changed") in \(database)")
        }
        return changes
    }

    /// The first role that the server doesn't have.
    func missing() async throws -> String? {
        guard !roles.isEmpty else { return nil }
        let existing = try await read()
        return roles.first { existing[$0.name] == nil }?.name
    }

    private func privileges(of rights: [Named<MongoRight>]) -> [BSONDocument] {
        // To see which collections there are goes without saying.
        let all: BSONDocument = [
            "resource": ["db": .string(database), "collection": ""], "actions": ["listCollections"],
        ]
        return [all]
            + rights.map { right in
                [
                    "resource": ["db": .string(database), "collection": .string(right.name)],
                    "actions": .array(right.value.actions.map { .string($0) }),
                ]
            }
    }

    /// What each role has now.
    private func read() async throws -> [String: Set<String>] {
        let command: BSONDocument = ["rolesInfo": .array(roles.map { .string($0.name) }), "showPrivileges": true]
        let reply = try await connection.run(command, in: database)
        var found: [String: Set<String>] = [:]
        for role in (reply["roles"]?.array ?? []).compactMap(\.document) {
            let privileges = (role["privileges"]?.array ?? []).compactMap(\.document)
            let inherited = (role["roles"]?.array ?? []).compactMap {
                $0.document?["role"]?.string.map { "role \($0)" }
            }
            found[role["role"]?.string ?? ""] = Set(privileges.flatMap(Self.rights) + inherited)
        }
        return found
    }

    /// A privilege as a text for each of its actions: the server keeps neither their order nor that of privileges.
    private static func rights(_ privilege: BSONDocument) -> [String] {
        let resource = privilege["resource"]?.document
        let place = "\(resource?["db"]?.string ?? "").\(resource?["collection"]?.string ?? "")"
        return (privilege["actions"]?.array ?? []).compactMap { $0.string.map { "\(place) \($0)" } }
    }
}
#endif
