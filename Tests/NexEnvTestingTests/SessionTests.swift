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

    /// Ends a test and leases for the next one, which gets the same copy.
    private func take(after first: Lease) async throws -> (lease: Lease, shop: LeasedPostgres) {
        let url = try first.postgres().url
        try await first.release()
        let next = try await take()
        #expect(next.shop.url == url)
        return next
    }

    private func process(of shop: LeasedPostgres) async throws -> Int {
        try await shop.query("SELECT pg_backend_pid()")[0].int(0)
    }

    @Test func `it goes on as if it were new`() async throws {
        let (first, shop) = try await take()
        let earlier = try await process(of: shop)
        try await shop.query("SELECT pg_advisory_lock(7), nextval('item_id_seq')")
        try await shop.query("INSERT INTO item (name) VALUES ('mine')")
        let (next, same) = try await take(after: first)
        let row = try await same.query(
            """
            SELECT current_setting('application_name') = 'nexenv', nextval('item_id_seq') = 1, NOT EXISTS (SELECT FROM item),
                   NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
            """
        )[0]
        #expect(try (0..<4).map { try row.bool($0) } == [true, true, true, true])
        #expect(try await process(of: same) == earlier)
        try await next.release()
    }

    @Test(arguments: [
        ("SET work_mem = '77MB'", "current_setting('work_mem') = '77MB'"),
        ("SELECT set_config('app.tenant', '7', true)", "current_setting('app.tenant', true) IS NOT NULL"),
        ("CREATE TEMP TABLE mine (n int)", "to_regclass('pg_temp.mine') IS NOT NULL"),
        ("PREPARE mine AS SELECT 1", "EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'mine')"),
        ("LISTEN news", "EXISTS (SELECT FROM pg_listening_channels())"),
    ])
    func `what a statement does to its session is gone`(statement: String, trace: String) async throws {
        let (first, shop) = try await take()
        try await shop.query(statement)
        let (next, same) = try await take(after: first)
        #expect(try await same.query("SELECT \(trace)")[0].bool(0) == false)
        try await next.release()
    }

    @Test func `what a function of the test does to its session is gone`() async throws {
        let (first, shop) = try await take()
        let connection = try await shop.connect()
        try await connection.query(
            "CREATE FUNCTION enter() RETURNS text LANGUAGE sql AS $$ SELECT set_config('app.tenant', '7', true) $$"
        )
        try await shop.query("SELECT enter()")
        try await connection.query("DROP FUNCTION enter()")
        let (next, same) = try await take(after: first)
        #expect(try await same.query("SELECT current_setting('app.tenant', true)")[0][0].isNull)
        try await next.release()
    }

    @Test func `it begins with the settings that the database has`() async throws {
        let (first, shop) = try await take()
        let earlier = try await process(of: shop)
        let (next, same) = try await take(after: first)
        let connection = try await same.connect()
        let name = try await connection.query("SELECT quote_ident(current_database())")[0].string(0)
        try await connection.query("ALTER DATABASE \(name) SET work_mem = '33MB'")
        #expect(try await same.query("SHOW work_mem")[0].string(0) == "33MB")
        #expect(try await process(of: same) != earlier)
        try await next.release()
    }

    @Test func `with a transaction that is left open it ends, and nothing is committed`() async throws {
        let (first, shop) = try await take()
        let earlier = try await process(of: shop)
        try await shop.query("BEGIN")
        try await shop.query("INSERT INTO item (name) VALUES ('half')")
        let (next, same) = try await take(after: first)
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
                _ = try await session.query("INSERT INTO item (name) VALUES ('late')")
            }
        }
        for await _ in begun {}
        let (next, same) = try await take(after: first)
        #expect(try await same.query("SELECT FROM item").isEmpty)
        releasing.finish()
        await #expect(throws: PostgresError.self) { try await late.value }
        #expect(try await same.query("SELECT FROM item").isEmpty)
        try await next.release()
    }
}
