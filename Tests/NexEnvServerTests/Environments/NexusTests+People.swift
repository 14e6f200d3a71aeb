import Foundation
import PostgresClient
import Testing

/// Who is forgotten, who signs, and who only reads.
extension NexusTests {
    /// Nothing of somebody who was erased is found in any table, not even in the log of what was changed.
    static func expectPersonForgotten(_ nexus: ShippedEnvironment) async throws {
        let creator = """
            FROM creators AS c JOIN users AS u ON u.id = c.user_id
            WHERE c.id = (SELECT creator_id FROM contracts ORDER BY number LIMIT 1)
            """
        let id = try await nexus.project.value("SELECT u.id \(creator)", database)
        let email = try await nexus.project.value("SELECT u.email \(creator)", database)
        let handle = try await nexus.project.value("SELECT c.handle \(creator)", database)
        let mentions = ShippedEnvironment.tablesMentioning([email, handle])
        let known = [
            "UPDATE users SET phone = '+15550100' WHERE id = '\(id)'",
            """
            INSERT INTO organization_invitations (organization_id, email, token_hash, expires_at)
            SELECT id, '\(email)', sha256('x'), now() + interval '1 day' FROM organizations LIMIT 1
            """,
        ]
        let before = try await nexus.trying(known + [mentions], database)
        #expect(before?.contains("organization_invitations") == true && before?.contains("users") == true)
        #expect(try await nexus.trying(known + ["SELECT erase_user('\(id)')", mentions], database) == "none")
        let kept = [
            "SELECT erase_user('\(id)')",
            "SELECT count(*) > 0 FROM contracts WHERE creator_id IN (SELECT id FROM creators WHERE user_id = '\(id)')",
        ]
        #expect(try await nexus.trying(kept, database) == "t")
        #expect(try await nexus.trying(["SELECT erase_user(gen_random_uuid())"], database) == "f")
    }

    /// Each side signs for itself, and nobody for the other.
    static func expectSignatures(_ nexus: ShippedEnvironment) async throws {
        let sent = [
            """
            UPDATE contracts SET
                title = 'to sign', signed_by_organization_at = NULL,
                organization_id = (SELECT id FROM organizations WHERE slug = 'aurora-skincare'),
                creator_id = (SELECT id FROM creators WHERE handle = 'cleo')
            WHERE number = (SELECT min(number) FROM contracts WHERE status = 'sent')
            """
        ]
        let signing = "SELECT sign_contract(id) FROM contracts WHERE title = 'to sign'"
        let state = """
            SELECT concat_ws(' ', status, signed_by_organization_at IS NOT NULL, signed_by_creator_at IS NOT NULL)
            FROM contracts WHERE title = 'to sign'
            """
        let brand = sent + acting(as: "brand@nexus.local") + [signing]
        #expect(try await nexus.trying(brand + [state], database) == "sent t f")
        let both = brand + ["RESET ROLE"] + acting(as: "creator@nexus.local") + [signing]
        #expect(try await nexus.trying(both + [state], database) == "active t t")
        // Somebody who is on neither side doesn't even see it.
        let id = "RESET ROLE; SELECT set_config('app.user_id', '', true); SET LOCAL ROLE nexus_app"
        #expect(try await nexus.trying(sent + [id, "SELECT count(*) FROM contracts"], database) == "0")
        for (email, column) in [
            ("brand@nexus.local", "signed_by_creator_at"), ("brand@nexus.local", "signed_by_organization_at"),
            ("creator@nexus.local", "signed_by_creator_at"),
        ] {
            let user = (sent + acting(as: email) + [""]).joined(separator: ";\n")
            try await nexus.expectRefused("42501", user + "UPDATE contracts SET \(column) = now()", database)
        }
    }

    /// The three queries of the document's section on monitoring, the second with the names that it has since PostgreSQL 13.
    private static let monitoring = [
        "SELECT count(*) FROM pg_stat_activity",
        """
        SELECT query, calls, total_exec_time, mean_exec_time FROM pg_stat_statements
        ORDER BY mean_exec_time DESC LIMIT 10
        """,
        """
        SELECT schemaname, tablename, pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename)) AS size
        FROM pg_tables WHERE schemaname = 'public'
        ORDER BY pg_total_relation_size(schemaname||'.'||tablename) DESC
        """,
    ]

    /// Log-ins of people who read, and who watch.
    static func expectReaders(_ nexus: ShippedEnvironment) async throws {
        let reader = try await nexus.logIn("ada", in: "nexus_reader", to: "nexus")
        try await PostgresConnection.withConnection(to: reader) { connection in
            let contracts = try await connection.query("SELECT count(*) FROM contracts")[0].int(0)
            #expect(contracts > 100)
            for statement in ["SELECT email FROM users", "DELETE FROM campaigns", "SET ROLE nexus_app"] {
                await #expect(throws: PostgresError.self) { try await connection.execute(statement) }
            }
        }
        let monitor = try await nexus.logIn("mo", in: "nexus_monitor", to: "nexus")
        try await PostgresConnection.withConnection(to: monitor) { connection in
            for query in monitoring {
                let rows = try await connection.query(query).count
                #expect(rows > 0, "\(query)")
            }
            // Also what others have run.
            let seen = "SELECT count(*) FROM pg_stat_statements WHERE query = '<insufficient privilege>'"
            let hidden = try await connection.query(seen)[0].int(0)
            #expect(hidden == 0)
            await #expect(throws: PostgresError.self) { try await connection.execute("SELECT FROM users") }
        }
    }

    static func expectPooled(_ nexus: ShippedEnvironment) async throws {
        let run = try await nexus.project.nexenv("url", "postgres.nexus", "--pooled")
        let url = run.output.trimmingCharacters(in: .newlines)
        let port = try await nexus.project.port("pgbouncer")
        #expect(url.contains(":\(port)/nexus"))
        let name = try await PostgresConnection.withConnection(to: PostgresConfiguration(url: url)) {
            try await $0.query("SELECT current_database() || ' ' || current_user")[0].string(0)
        }
        #expect(name == "nexus nexus_service")
    }
}
