#if MongoDB
import MongoClient

/// Tests get databases whose collections are filled from those of another one.
extension MongoDB: LeasableEngine {
    package var forTests: MongoDB {
        var engine = self
        engine.isForTests = true
        return engine
    }

    package func leaseInputs(of database: String?) -> (files: [ResourcePath], folders: [ResourcePath], words: String) {
        guard let model = databases.first(where: { $0.name == database }) else { return ([], [], "") }
        let words = model.value.collections.map { "\($0)" }.joined(separator: "\n")
        return ([], model.value.migrations.map { [$0] } ?? [], words)
    }

    package func leaseSource(of database: String?, digest: String, on server: RunningServer) async throws -> LeaseSource
    {
        guard let database, let model = databases.first(where: { $0.name == database }) else {
            throw unknownDatabase(database, on: server)
        }
        return LeaseSource(
            of: database,
            Self.name,
            on: server,
            user: model.value.owner ?? user,
            administrator: user,
            digest: digest,
            slots: try LeaseBudget.slots(ofConnections: 1_000)
        )
    }

    package func hasTemplate(_ source: LeaseSource, folder: String, on server: RunningServer) async throws -> Bool {
        guard MongoTemplate.isThere(folder) else { return false }
        return try await MongoConnection.withConnection(to: configuration(server)) { connection in
            try await MongoTemplate.isWhole(LeaseName(digest: source.digest).text, connection)
        }
    }

    package func seal(
        _ replacement: any DatabaseReplacement,
        as source: LeaseSource,
        folder: String,
        on server: RunningServer
    ) async throws {
        guard let scratch = replacement.name else { return }
        let name = LeaseName(digest: source.digest).text
        try await MongoConnection.withConnection(to: longConfiguration(server)) { connection in
            try await connection.run(["dropDatabase": 1], in: name)
            try await MongoMove.begin(from: scratch, to: name, connection).finish(connection)
            try await MongoTemplate.read(name, connection).write(folder)
            // Written last: whatever has it is whole.
            try await MongoTemplate.markWhole(name, connection)
        }
    }

    package func leaseNames(on server: RunningServer) async throws -> [LeaseName] {
        try await MongoConnection.withConnection(to: configuration(server)) { connection in
            let reply = try await connection.run(["listDatabases": 1, "nameOnly": true], in: "admin")
            return (reply["databases"]?.array ?? []).compactMap { $0.document?["name"]?.string }.compactMap {
                LeaseName($0)
            }
            .sorted { $0.text.count > $1.text.count }
        }
    }

    package func remove(_ name: LeaseName, on server: RunningServer) async throws {
        try await MongoConnection.withConnection(to: configuration(server)) { connection in
            try await MongoSlots.drop(name.text, connection)
        }
    }

    package static func keeper(of source: LeaseSource, folder: String) throws -> any SlotKeeper {
        MongoSlots(source, Late { try MongoTemplate.read(folder) })
    }
}
#endif
