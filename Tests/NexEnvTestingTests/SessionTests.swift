@testable import NexEnvTesting
import PostgresClient
import Testing

/// Single statements run by a session that stays for the next test: it must tell nothing of the last one.
@Suite(.serialized)
struct SessionTests {
    /// Leases a database whose copies no other suite has.
    private func take() async throws -> (lease: Lease, shop: LeasedPostgres) {
        let lease = try await Lease.take(.postgres("shop", seeds: .none), from: LeaseEnvironment.path)
        return (lease, try lease.postgres())
    }

    private func process(of shop: LeasedPostgres) async throws -> Int {
        try await shop.query("SELECT pg_backend_pid()")[0].int(0)
    }

    @Test func `it goes on as if it were new`() async throws {
        let (first, shop) = try await take()
        let earlier = try await process(of: shop)
        for statement in [
            "SET work_mem = '77MB'", "SET application_name = 'mine'", "CREATE TEMP TABLE mine (n int)",
            "PREPARE mine AS SELECT 1", "DECLARE mine CURSOR WITH HOLD FOR SELECT 1", "LISTEN news",
            "SELECT pg_advisory_lock(7)", "SELECT nextval('item_id_seq')",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        ] { try await shop.query(statement) }
        try await first.release()

        let (next, same) = try await take()
        #expect(same.url == shop.url)
        #expect(try await process(of: same) == earlier)
        let row = try await same.query(
            """
            SELECT current_setting('work_mem') <> '77MB', current_setting('application_name') = 'nexenv',
                   to_regclass('pg_temp.mine') IS NULL, (SELECT count(*) = 0 FROM pg_prepared_statements WHERE name = 'mine'),
                   (SELECT count(*) = 0 FROM pg_cursors WHERE name = 'mine'), (SELECT count(*) = 0 FROM pg_listening_channels()),
                   (SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
                   current_setting('default_transaction_read_only') = 'off', nextval('item_id_seq') = 1
            """
        )[0]
        #expect(try (0..<9).map { try row.bool($0) } == Array(repeating: true, count: 9))
        try await next.release()
    }

    @Test func `with a transaction that is left open it ends, and nothing is committed`() async throws {
        let (first, shop) = try await take()
        let earlier = try await process(of: shop)
        try await shop.query("BEGIN")
        try await shop.query("INSERT INTO item (name) VALUES ('half')")
        try await first.release()

        let (next, same) = try await take()
        #expect(same.url == shop.url)
        #expect(try await process(of: same) != earlier)
        #expect(try await same.query("SELECT FROM item").isEmpty)
        try await next.release()
    }

    @Test func `a task that outlives its test doesn't write by it`() async throws {
        let (first, shop) = try await take()
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let (released, releasing) = AsyncStream.makeStream(of: Void.self)
        let late = Task {
            try await shop.withSession { session in
                beginning.finish()
                for await _ in released {}
                return try await session.query("INSERT INTO item (name) VALUES ('late')")
            }
        }
        for await _ in begun {}
        try await first.release()

        let (next, same) = try await take()
        #expect(same.url == shop.url)
        #expect(try await same.query("SELECT FROM item").isEmpty)
        releasing.finish()
        await #expect(throws: PostgresError.self) { _ = try await late.value }
        #expect(try await same.query("SELECT FROM item").isEmpty)
        try await next.release()
    }
}
