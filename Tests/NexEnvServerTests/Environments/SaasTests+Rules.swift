import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

extension SaasTests {
    /// Each rule with a statement that breaks it: 22P02 is a value that an enum hasn't got.
    private static let refusals: [(sqlState: String, statement: String)] = [
        ("23505", "INSERT INTO users (email, name) SELECT email, 'Another' FROM users LIMIT 1"),
        ("23514", "INSERT INTO users (email, name) VALUES ('Capital@myapp.test', 'Capital')"),
        ("23514", "UPDATE users SET password_hash = 'readable'"),
        ("22P02", "UPDATE users SET role = 'superuser'"),
        ("23503", "DELETE FROM users WHERE email = 'subscriber@myapp.local'"),
        ("23503", "DELETE FROM plans WHERE code = 'pro'"),
        ("23514", "UPDATE plans SET yearly_cents = monthly_cents * 13 WHERE code = 'pro'"),
        ("23514", "UPDATE plans SET stripe_price = NULL WHERE code = 'pro'"),
        ("22P02", "UPDATE subscriptions SET status = 'nonsense'"),
        ("23514", "UPDATE subscriptions SET stripe_customer_id = 'somebody'"),
        ("23514", "UPDATE subscriptions SET current_period_end = current_period_start"),
        ("23514", "UPDATE subscriptions SET status = 'trialing', trial_ends_at = NULL WHERE status = 'active'"),
        ("23514", "UPDATE subscriptions SET status = 'canceled' WHERE status = 'past_due'"),
        ("23514", "UPDATE subscriptions SET billing_period = 'decade'"),
        (
            "23505",
            "INSERT INTO subscriptions (user_id, plan_code, status, stripe_customer_id, stripe_subscription_id, "
                + "current_period_start, current_period_end) SELECT user_id, 'pro', 'active', 'cus_again', 'sub_again', "
                + "now(), now() + interval '1 month' FROM subscriptions WHERE status = 'active' LIMIT 1"
        ),
        ("22P02", "UPDATE invoices SET status = 'nonsense'"),
        ("23514", "UPDATE invoices SET amount_paid_cents = 1 WHERE status = 'paid'"),
        ("23514", "UPDATE invoices SET paid_at = NULL WHERE status = 'paid'"),
        ("23505", "UPDATE invoices SET number = '2025-000001'"),
        ("23503", "DELETE FROM subscriptions WHERE status = 'active'"),
    ]

    static func expectRowsRefused(_ saas: ShippedEnvironment) async throws {
        for (sqlState, statement) in refusals { try await saas.expectRefused(sqlState, statement, database) }
        let touched = [
            "UPDATE plans SET name = 'Changed' WHERE code = 'pro'",
            "SELECT updated_at = now() FROM plans WHERE code = 'pro'",
        ]
        #expect(try await saas.trying(touched, database) == "t")
        // Who is on a trial was never sent an invoice, and may go.
        let gone = [
            "DELETE FROM users WHERE id IN (SELECT user_id FROM subscriptions WHERE status = 'trialing')",
            "SELECT count(*) FROM subscriptions WHERE status = 'trialing'",
        ]
        #expect(try await saas.trying(gone, database) == "0")
    }

    static func expectReader(_ saas: ShippedEnvironment) async throws {
        for statement in ["SELECT password_hash FROM users", "SELECT * FROM users", "DELETE FROM invoices"] {
            try await saas.expectRefused("42501", "SET LOCAL ROLE myapp_readonly;\n\(statement)", database)
        }
        let read = [
            "SET LOCAL ROLE myapp_readonly",
            "SELECT count(avatar) > 0 AND (SELECT count(*) FROM monitoring.index_usage) > 0 FROM users",
        ]
        #expect(try await saas.trying(read, database) == "t")
    }

    /// Documents that a validator or a unique index refuses, with what is wrong in them.
    private static let badDocuments: [(collection: String, document: BSONDocument, code: Int)] = [
        ("logs", ["level": "loud"], 121), ("logs", ["type": "other"], 121), ("logs", ["timestamp": "today"], 121),
        ("logs", ["message": ""], 121), ("logs", ["userId": "7"], 121), ("logs", ["surprise": 1], 121),
        ("logs", ["type": "request"], 121), ("logs", ["type": "error"], 121),
        ("logs", ["statusCode": 99], 121), ("logs", ["error": ["name": "Nameless"]], 121),
        ("analytics", ["event": "Not A Name"], 121), ("analytics", ["source": "elsewhere"], 121),
        ("analytics", ["page": "no path"], 121), ("analytics", ["properties": "flat"], 121),
        ("webhooks", ["provider": "nobody"], 121), ("webhooks", ["payload": "text"], 121),
        ("webhooks", ["status": "handled"], 121), ("webhooks", ["externalId": "taken"], 11000),
    ]

    static func expectDocumentsRefused(_ saas: ShippedEnvironment) async throws {
        let now = BSONValue.date(milliseconds: 1_759_276_800_000)
        let good: [String: BSONDocument] = [
            "logs": ["timestamp": now, "level": "info", "type": "system", "message": "fine"],
            "analytics": ["timestamp": now, "event": "fine", "source": "web"],
            "webhooks": [
                "provider": "mail", "externalId": "taken", "type": "fine", "receivedAt": now, "status": "received",
                "payload": [:],
            ],
        ]
        for (collection, document) in good {
            let reply = try await saas.project.mongo(logs) { connection in
                try await connection.run(
                    ["insert": .string(collection), "documents": [.document(document)]],
                    in: "myapp-logs"
                )
            }
            #expect(reply["n"]?.int == 1 && reply["writeErrors"] == nil, "\(collection): \(reply)")
        }
        for (collection, change, code) in badDocuments {
            var document = change
            for (key, value) in try #require(good[collection]) where change[key] == nil {
                try document.append(value, forKey: key)
            }
            let insert: BSONDocument = ["insert": .string(collection), "documents": [.document(document)]]
            try await saas.expectRefused(code, insert, logs)
        }
    }

    /// What is past its `expiresAt` goes by itself; the server looks once a second here, not once a minute.
    static func expectDocumentsForgotten(_ saas: ShippedEnvironment) async throws {
        for collection in ["logs", "analytics", "webhooks"] {
            let indexes = try await saas.indexes(of: collection, logs).values
            let lifetimes = indexes.filter { $0["key"]?.document?.keys == ["expiresAt"] }.map {
                $0["expireAfterSeconds"]?.int
            }
            #expect(lifetimes == [0], "\(collection)")
        }
        let past = BSONValue.date(milliseconds: 1_500_000_000_000)
        let document: BSONDocument = [
            "timestamp": past, "level": "debug", "type": "system", "message": "forget me", "expiresAt": past,
        ]
        try await saas.project.mongo(logs) { connection in
            _ = try await connection.run(["insert": "logs", "documents": [.document(document)]], in: "myapp-logs")
            try await eventually("a log entry that is past its time is forgotten") {
                let query: BSONDocument = ["message": "forget me"]
                let found = try await connection.run(["count": "logs", "query": .document(query)], in: "myapp-logs")
                return found["n"]?.int == 0
            }
            let kept = try await connection.run(["count": "logs", "query": [:]], in: "myapp-logs")
            #expect((kept["n"]?.int ?? 0) >= 620)
        }
    }

    static func expectMigrationsUpAndDown(_ saas: ShippedEnvironment) async throws {
        let columns = """
            SELECT count(*) FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'avatar'
            """
        try await saas.project.nexenv("migrate", "down", "2")
        #expect(try await saas.project.value(columns, database) == "0")
        try await saas.project.nexenv("migrate", "down", "2")
        #expect(try await saas.tables(database) == [])
        let up = try await saas.project.nexenv("migrate", "up", "--json").json["databases"][0]["done"].elements
        #expect(up.count == 4)
        #expect(try await saas.project.value(columns, database) == "1")
        try await saas.project.nexenv("seed", "--quiet")
        try await saas.expectTablesFilled(database)
    }

    /// `pnpm db:reset && pnpm db:seed`.
    static func expectResetAndSeeded(_ saas: ShippedEnvironment) async throws {
        let counts = "SELECT concat_ws(' ', (SELECT count(*) FROM users), (SELECT count(*) FROM invoices))"
        let before = try await saas.project.value(counts, database)
        try await saas.project.postgres(database) { connection in
            _ = try await connection.execute("DELETE FROM invoices; DELETE FROM users WHERE role = 'user'")
        }
        try await saas.project.redis("redis.sessions") { _ = try await $0.send(["SET", "session:mine", "1"]) }
        try await saas.project.nexenv("reset", "--yes", "--quiet")
        #expect(try await saas.project.value(counts, database) == before)
        #expect(try await saas.keys("redis.sessions").count == 150)
        try await saas.expectCollectionsFilledAndValid(logs)
        try await saas.expectSeededAgainWithoutChanges()
    }

    /// Whether each of the three answers, as the document's health controller asks.
    static func expectHealthChecked(_ saas: ShippedEnvironment) async throws {
        try await saas.project.nexenv("status", "--exit-code")
        try await saas.project.nexenv("wait", "--timeout", "30s")
        try await saas.project.nexenv("stop", "redis", "--quiet")
        let status = try await saas.project.nexenv("status", "--exit-code", "--json", status: 3)
        let states = status.json["services"].elements.map { "\($0["name"].text ?? "") \($0["state"].text ?? "")" }
        #expect(states.contains("postgres ready") && states.contains("mongo ready"), "\(states)")
        #expect(!states.contains("redis ready"), "\(states)")
        try await saas.project.nexenv("start", "redis", "--quiet")
        try await saas.project.nexenv("status", "--exit-code")
    }
}
