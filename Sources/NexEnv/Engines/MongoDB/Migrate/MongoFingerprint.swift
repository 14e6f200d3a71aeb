#if MongoDB
import MongoClient

/// Reads what a database consists of: collections, views, their options, indexes, users and roles.
enum MongoFingerprint {
    static func read(_ database: String, _ connection: MongoConnection) async throws -> SchemaFingerprint {
        var objects: [String: String] = [:]
        for collection in try await list(["listCollections": 1], database, connection) {
            guard let name = collection["name"]?.string, !name.hasPrefix("system."), !name.hasPrefix("nexenv.") else {
                continue
            }
            let kind = collection["type"]?.string ?? "collection"
            objects["\(kind) \(name)"] = collection["options"]?.document.map(text) ?? ""
            guard kind != "view" else { continue }
            for index in try await list(["listIndexes": .string(name)], database, connection) {
                objects["index \(name).\(index["name"]?.string ?? "")"] = text(index)
            }
        }
        let users = try await connection.run(["usersInfo": 1], in: database)["users"]?.array ?? []
        for user in users.compactMap(\.document) {
            objects["user \(user["user"]?.string ?? "")"] = user["roles"].map { text(["roles": $0]) } ?? ""
        }
        let roles =
            try await connection.run(["rolesInfo": 1, "showPrivileges": true], in: database)["roles"]?.array ?? []
        for role in roles.compactMap(\.document) { objects["role \(role["role"]?.string ?? "")"] = text(role) }
        return SchemaFingerprint(objects)
    }

    private static func list(
        _ command: BSONDocument,
        _ database: String,
        _ connection: MongoConnection
    ) async throws -> [BSONDocument] {
        var command = command
        try command.append(["batchSize": 10_000], forKey: "cursor")
        let reply = try await connection.run(command, in: database)
        return (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document)
    }

    private static func text(_ document: BSONDocument) -> String { document.extendedJSON(.relaxed) }
}
#endif
