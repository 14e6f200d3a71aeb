import ClientTesting
import MongoClient
import NexEnv
import Testing

extension LeasePropertyTests {
    private static let mongoEnvironment = """
        defaults: { durability: none }
        services:
          mongo:
            engine: mongodb
            version: "6.0"
            databases:
              shop:
                owner: keeper
                collections: [collections.yaml]
                migrations: migrations
        seeds: [seeds.yaml]
        """

    /// What tests do to databases, a command each; `~` is a random number.
    private static let commands = [
        #"{"insert": "person", "documents": [{"email": "~@x", "age": 7}]}"#,
        #"{"insert": "event", "documents": [{"n": ~}, {"n": {"a": [1, ~]}}]}"#,
        #"{"update": "person", "updates": [{"q": {}, "u": {"$inc": {"age": 1}}, "multi": true}]}"#,
        #"{"update": "person", "updates": [{"q": {"age": {"$gt": 30}}, "u": {"$set": {"extra": ~}}}]}"#,
        #"{"delete": "person", "deletes": [{"q": {"age": {"$mod": [3, 1]}}, "limit": 0}]}"#,
        #"{"delete": "event", "deletes": [{"q": {}, "limit": 0}]}"#,
        #"{"findAndModify": "person", "query": {}, "remove": true}"#,
        #"{"findAndModify": "event", "query": {"_id": ~}, "update": {"a": 1}, "upsert": true}"#,
        #"{"insert": "measure", "documents": [{"at": {"$date": "2026-01-01T00:00:00Z"}, "v": ~}]}"#,
        #"{"insert": "log", "documents": [{"text": "~"}]}"#,
        #"{"count": "person"}"#, #"{"find": "old", "limit": 1}"#,
        #"{"create": "extra_~"}"#, #"{"drop": "event"}"#, #"{"drop": "person"}"#, #"{"drop": "old"}"#,
        #"{"createIndexes": "person", "indexes": [{"key": {"name": 1}, "name": "name_1"}]}"#,
        #"{"dropIndexes": "person", "index": "*"}"#,
        #"{"collMod": "person", "validationLevel": "off"}"#, #"{"collMod": "person", "validator": {}}"#,
        #"{"create": "capped_~", "capped": true, "size": 4096}"#,
        #"{"createUser": "u~", "pwd": "secret", "roles": []}"#, #"{"createRole": "r~", "privileges": [], "roles": []}"#,
        #"{"dropDatabase": 1}"#,
    ]

    @Test("MongoDB: after random commands a copy is what it was", .native, arguments: [1, 2] as [UInt64])
    func mongo(_ seed: UInt64) async throws {
        try await ProjectFixture.with("lease-mongo") { project in
            try project.environment(Self.mongoEnvironment, in: .native)
            try project.write(
                "collections.yaml",
                """
                - collection: person
                  validator: { $jsonSchema: { required: [email], properties: { age: { bsonType: int } } } }
                  indexes: [{ keys: { email: 1 }, unique: true }, { keys: { age: -1 } }]
                - collection: event
                """
            )
            try project.write(
                "migrations/001_more.yaml",
                """
                up:
                  - { create: log, capped: true, size: 65536 }
                  - { create: measure, timeseries: { timeField: at } }
                  - { create: old, viewOn: person, pipeline: [{ $match: { age: { $gt: 60 } } }] }
                down: [{ drop: old }, { drop: measure }, { drop: log }]
                """
            )
            try project.write(
                "seeds.yaml",
                """
                sets:
                  people:
                    into: mongo.shop.person
                    key: [email]
                    generate: { count: 60, fields: { email: !gen { email: { domain: example.test, unique: true } }, age: !gen { integer: { min: 18, max: 90 } } } }
                """
            )
            try await project.nexenv("up")
            let server = try await project.url("mongo")
            let changes = RandomChanges(project, seed: seed, statements: 300)
            try await changes.check(LeaseRequest(engine: "mongodb", database: "shop", seeds: .all)) { leased in
                try await MongoConnection.withConnection(to: MongoConfiguration(url: server)) { connection in
                    try await Self.dump(leased.address.database ?? "", connection)
                }
            } change: { leased, generator in
                // Most tests change documents only.
                let choice = Bool.random(using: &generator) ? Self.commands[..<12] : Self.commands[...]
                var done: [String] = []
                for _ in 0..<RandomChanges.count(&generator) {
                    let number = Int.random(in: 0..<100_000, using: &generator)
                    done.append((choice.randomElement(using: &generator) ?? "").replacing("~", with: "\(number)"))
                }
                let commands = done
                try await MongoConnection.withConnection(to: MongoConfiguration(url: leased.address.url)) {
                    connection in
                    for command in commands {
                        let document = try BSONDocument(extendedJSON: command)
                        _ = try? await connection.run(document, in: leased.address.database ?? "")
                    }
                }
                return done
            }
        }
    }

    /// All that a database has, a line each; documents of collections without an order by their ids.
    private static func dump(_ database: String, _ connection: MongoConnection) async throws -> [String] {
        var lines: [String] = []
        for command in ["listCollections", "usersInfo", "rolesInfo"] {
            let reply = try await connection.run(try BSONDocument(extendedJSON: "{\"\(command)\": 1}"), in: database)
            let found =
                reply["users"]?.array ?? reply["roles"]?.array ?? reply["cursor"]?.document?["firstBatch"]?.array
            for entry in (found ?? []).compactMap(\.document) {
                // Each collection and user has a random number of its own.
                let text = entry.extendedJSON(.canonical).replacing(#/"(userId|uuid)": ?\{.*?\}\}/#, with: "")
                lines.append("\(command) \(text.replacing(database, with: "@"))")
            }
        }
        for collection in ["person", "event", "measure", "log", "old"] {
            if collection != "old" {
                let indexes = try await connection.run(["listIndexes": .string(collection)], in: database)
                lines.append("\(collection) \((indexes["cursor"]?.document?["firstBatch"]).map { "\($0)" } ?? "")")
            }
            var documents = try await connection.find(collection, in: database)
            while let batch = try await documents.nextBatch() {
                lines += batch.map { "\(collection) \($0.extendedJSON(.canonical))" }
            }
        }
        return lines.sorted()
    }
}
