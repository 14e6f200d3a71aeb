import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

extension CorpAstroTests {
    /// What has to be true of the rows: a condition each.
    static func expectSums(_ astro: ShippedEnvironment) async throws {
        for condition in [
            """
            NOT EXISTS (
                SELECT FROM subscription_transactions AS t JOIN subscription_plans AS p ON p.id = t.plan_id
                WHERE (t.amount, t.currency) <> (p.price, p.currency)
            )
            """,
            """
            (SELECT sum(revenue) FROM reporting.revenue_by_month)
                = (SELECT sum(amount) FROM subscription_transactions WHERE status = 'completed')
            """,
            "(SELECT count(*) = 4 FROM subscription_plans WHERE id IN (SELECT plan_id FROM subscription_transactions))",
            "(SELECT count(DISTINCT relationship_type) = 5 AND count(DISTINCT status) = 4 FROM user_relationships)",
            "(SELECT count(DISTINCT status) = 4 AND count(DISTINCT payment_method) = 4 FROM subscription_transactions)",
        ] {
            #expect(try await astro.project.value("SELECT \(condition)", relations) == "t", "\(condition)")
        }
    }

    private static let relationship = "INSERT INTO user_relationships (user_id_1, user_id_2, relationship_type, status)"
    private static let payment = """
        INSERT INTO subscription_transactions (user_id, plan_id, amount, currency, status, payment_method, transaction_id)
        """

    /// Each rule with a statement that breaks it.
    private static let refusals: [(sqlState: String, statement: String)] = [
        ("23514", "UPDATE user_relationships SET user_id_2 = user_id_1"),
        ("23514", "UPDATE user_relationships SET relationship_type = 'enemy'"),
        ("23514", "UPDATE user_relationships SET status = 'unsure'"),
        ("22001", "UPDATE user_relationships SET status = repeat('x', 21)"),
        ("23502", "\(relationship) VALUES (gen_random_uuid(), NULL, 'friend', 'pending')"),
        (
            "23505",
            "\(relationship) SELECT user_id_1, user_id_2, relationship_type, 'pending' FROM user_relationships LIMIT 1"
        ),
        ("23503", "\(payment) VALUES (gen_random_uuid(), 'none', 1, 'USD', 'completed', 'card', 'txn_1')"),
        ("23514", "\(payment) VALUES (gen_random_uuid(), 'basic_monthly', 0, 'USD', 'completed', 'card', 'txn_1')"),
        ("23514", "\(payment) VALUES (gen_random_uuid(), 'basic_monthly', 1, 'usd', 'completed', 'card', 'txn_1')"),
        ("23514", "\(payment) VALUES (gen_random_uuid(), 'basic_monthly', 1, 'USD', 'lost', 'card', 'txn_1')"),
        ("23514", "\(payment) VALUES (gen_random_uuid(), 'basic_monthly', 1, 'USD', 'completed', 'shells', 'txn_1')"),
        ("23514", "\(payment) VALUES (gen_random_uuid(), 'basic_monthly', 1, 'USD', 'completed', 'card', NULL)"),
        ("22003", "\(payment) VALUES (gen_random_uuid(), 'basic_monthly', 1e9, 'USD', 'completed', 'card', 'txn_1')"),
        (
            "23505",
            "\(payment) SELECT user_id, plan_id, amount, currency, status, payment_method, transaction_id "
                + "FROM subscription_transactions LIMIT 1"
        ),
        ("23503", "DELETE FROM subscription_plans WHERE id = 'basic_monthly'"),
        ("23514", "UPDATE subscription_plans SET price = 0"),
        ("23514", "UPDATE subscription_plans SET interval = 'decade'"),
        ("23514", "UPDATE subscription_plans SET features = '[]'"),
        (
            "23505",
            "INSERT INTO user_preferences (user_id, preference_key, preference_value) "
                + "SELECT user_id, preference_key, '1' FROM user_preferences LIMIT 1"
        ),
        ("23514", "UPDATE user_preferences SET preference_key = 'Not a key' WHERE id = 1"),
        ("23502", "UPDATE user_preferences SET preference_value = NULL"),
    ]

    static func expectRowsRefused(_ astro: ShippedEnvironment) async throws {
        for (sqlState, statement) in refusals { try await astro.expectRefused(sqlState, statement, relations) }
        let touched = [
            "UPDATE user_relationships SET status = 'ended' WHERE status = 'blocked'",
            "SELECT count(*) > 0 FROM user_relationships WHERE status = 'ended' AND updated_at = now()",
        ]
        #expect(try await astro.trying(touched, relations) == "t")
        // A payment that isn't through yet has no number.
        let pending = [
            "\(payment) VALUES (gen_random_uuid(), 'basic_monthly', 1, 'USD', 'pending', 'card', NULL)",
            "SELECT count(*) FROM subscription_transactions WHERE transaction_id IS NULL",
        ]
        #expect(try await astro.trying(pending, relations) == "1")
    }

    /// Who reads for reports reads everything, and writes nothing.
    static func expectReader(_ astro: ShippedEnvironment) async throws {
        for statement in ["DELETE FROM user_preferences", "UPDATE subscription_plans SET price = 1"] {
            try await astro.expectRefused("42501", "SET LOCAL ROLE corp_astro_reporting;\n\(statement)", relations)
        }
        let read = [
            "SET LOCAL ROLE corp_astro_reporting",
            "SELECT count(*) > 0 AND (SELECT count(*) FROM user_relationships) > 0 FROM reporting.revenue_by_month",
        ]
        #expect(try await astro.trying(read, relations) == "t")
    }

    /// Documents that a validator or a unique index refuses, with what is wrong in them.
    private static let badDocuments: [(collection: String, document: BSONDocument, code: Int)] = [
        ("users", ["email": "Capital@corp-astro.test"], 121), ("users", ["email": "nobody"], 121),
        ("users", ["email": "user@corp-astro.local"], 11000), ("users", ["password": "readable"], 121),
        ("users", ["roles": ["emperor"]], 121), ("users", ["roles": ["user", "user"]], 121),
        ("users", ["profile": ["birthTime": "25:00"]], 121), ("users", ["profile": ["shoeSize": 43]], 121),
        ("users", ["createdAt": "today"], 121), ("users", ["surprise": 1], 121),
        ("content", ["slug": "Not A Slug"], 121), ("content", ["slug": "welcome"], 11000),
        ("content", ["type": "rumour"], 121), ("content", ["type": "horoscope"], 121),
        ("content", ["status": "published"], 121), ("content", ["sign": "ophiuchus"], 121),
        ("content", ["title": ""], 121), ("content", ["tags": "one"], 121), ("content", ["author": "me"], 121),
        ("configurations", ["_id": "word"], 121), ("configurations", ["_id": "session.lifetime"], 11000),
        ("configurations", ["description": ""], 121), ("configurations", ["application": "other"], 121),
    ]

    static func expectDocumentsRefused(_ astro: ShippedEnvironment) async throws {
        let now = BSONValue.date(milliseconds: 1_759_276_800_000)
        let uuid = BSONValue.binary([UInt8](repeating: 7, count: 16), subtype: 4)
        let good: [String: BSONDocument] = [
            "users": [
                "_id": uuid, "email": "new@corp-astro.test", "password": "$2b$04$none", "roles": ["user"],
                "profile": ["profilePicture": "uploads/new.png"], "createdAt": now, "updatedAt": now, "__v": 0,
            ],
            "content": [
                "_id": uuid, "slug": "new", "type": "article", "status": "draft", "title": "New", "content": "New.",
                "tags": ["new"], "author": uuid, "createdAt": now, "updatedAt": now,
            ],
            "configurations": [
                "_id": "new.key", "value": 1, "description": "New", "application": "all", "updatedAt": now,
            ],
        ]
        for (collection, change, code) in badDocuments {
            var document = change
            for (key, value) in try #require(good[collection]) where change[key] == nil {
                try document.append(value, forKey: key)
            }
            let insert: BSONDocument = ["insert": .string(collection), "documents": [.document(document)]]
            try await astro.expectRefused(code, insert, documents)
        }
        // An `_id` as Mongoose makes it unless it is told otherwise; and nobody without what the document requires.
        var usual: BSONDocument = ["_id": .objectID(try #require(BSONObjectID(hex: "5f1e0c3a9b8d7e6f5a4b3c2d")))]
        for (key, value) in try #require(good["users"]) where key != "_id" { try usual.append(value, forKey: key) }
        try await astro.expectRefused(121, ["insert": "users", "documents": [.document(usual)]], documents)
        for field in ["email", "password"] {
            var document: BSONDocument = [:]
            for (key, value) in try #require(good["users"]) where key != field {
                try document.append(value, forKey: key)
            }
            try await astro.expectRefused(121, ["insert": "users", "documents": [.document(document)]], documents)
        }
        for (collection, document) in good {
            try await astro.project.mongo(documents) { connection in
                let insert: BSONDocument = ["insert": .string(collection), "documents": [.document(document)]]
                let reply = try await connection.run(insert, in: "corp_astro")
                #expect(reply["n"]?.int == 1 && reply["writeErrors"] == nil, "\(collection): \(reply)")
                let delete: BSONDocument = ["q": ["_id": document["_id"] ?? .null], "limit": 1]
                _ = try await connection.run(
                    ["delete": .string(collection), "deletes": [.document(delete)]],
                    in: "corp_astro"
                )
            }
        }
    }

    /// The document's arrows: which service writes what.
    ///
    /// Who has nothing to do with users can't read them either.
    static func expectRoles(_ astro: ShippedEnvironment) async throws {
        let allowed: [(role: String, collection: String, writes: Bool)] = [
            ("auth_service", "users", true), ("auth_service", "content", false),
            ("user_service", "users", true), ("user_service", "configurations", false),
            ("content_service", "content", true), ("content_service", "users", false),
        ]
        for (role, collection, writes) in allowed {
            let user = "\(role)_\(collection)"
            let url = try await astro.project.mongo("mongo") { connection in
                let grant: BSONDocument = ["role": .string(role), "db": "corp_astro"]
                let create: BSONDocument = [
                    "createUser": .string(user), "pwd": "only-in-this-test", "roles": [.document(grant)],
                ]
                _ = try await connection.run(create, in: "corp_astro")
                let port = try await astro.project.port("mongo")
                return "mongodb://\(user):only-in-this-test@127.0.0.1:\(port)/corp_astro?directConnection=true"
            }
            let delete: BSONDocument = ["q": ["_id": "nobody"], "limit": 1]
            let command: BSONDocument = ["delete": .string(collection), "deletes": [.document(delete)]]
            if writes {
                try await MongoConnection.withConnection(to: MongoConfiguration(url: url)) { connection in
                    _ = try await connection.run(command, in: "corp_astro")
                }
            } else {
                try await astro.expectRefused(13, command, documents, as: url)
            }
            if role == "content_service" && collection == "users" {
                try await astro.expectRefused(13, ["find": "users"], documents, as: url)
            }
        }
    }

    /// Whoever listens hears what is published, under the document's names.
    static func expectChannels(_ astro: ShippedEnvironment) async throws {
        try await astro.project.redis(keys) { connection in
            for channel in ["CHANNEL:notifications", "CHANNEL:content-updates"] {
                let listeners = try await connection.send(["PUBLISH", RedisArgument(channel), "{}"]).int
                #expect(listeners == 0, "\(channel)")
            }
        }
    }
}
