import ClientTesting
import Foundation
import NexEnv
import PostgresClient
import Testing

/// A copy that was brought back is what a new one is, whatever was done to it: shown by dumps.
@Suite(.waitsForSlots)
struct LeasePropertyTests {
    private static let schema = """
        CREATE TYPE mood AS ENUM ('good', 'bad');
        CREATE TABLE item (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, mood mood DEFAULT 'good',
            twice bigint GENERATED ALWAYS AS (id * 2) STORED, made_at timestamptz
        );
        CREATE TABLE sale (id serial PRIMARY KEY, item_id bigint NOT NULL REFERENCES item ON DELETE CASCADE, price numeric(10, 2));
        CREATE TABLE empty (n int, t text DEFAULT 'x');
        CREATE TABLE part (n int, t text) PARTITION BY RANGE (n);
        CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (100);
        CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (100) TO (200);
        CREATE TABLE parent (n int);
        CREATE TABLE child () INHERITS (parent);
        CREATE UNLOGGED TABLE fast (n int);
        CREATE SEQUENCE ticket START 10 INCREMENT 5;
        CREATE VIEW cheap AS SELECT * FROM sale WHERE price < 10;
        CREATE MATERIALIZED VIEW total AS SELECT item_id, sum(price) FROM sale GROUP BY item_id;
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO empty VALUES (1); RETURN NULL; END $$;
        CREATE TRIGGER note AFTER INSERT ON sale FOR EACH STATEMENT EXECUTE FUNCTION note();
        INSERT INTO item (name) SELECT 'item ' || n FROM generate_series(1, 200) AS n;
        INSERT INTO sale (item_id, price) SELECT 1 + n % 200, n / 7.0 FROM generate_series(1, 500) AS n;
        INSERT INTO part SELECT n, 'p' FROM generate_series(0, 199, 10) AS n;
        INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2);
        SELECT nextval('ticket');
        REFRESH MATERIALIZED VIEW total;
        """

    /// What tests do to databases, one statement each; `#` is a random number.
    static let changes = [
        "INSERT INTO item (name) VALUES ('new #')",
        "INSERT INTO item (name) SELECT 'n' FROM generate_series(1, # % 50)",
        "INSERT INTO sale (item_id, price) SELECT id, # FROM item LIMIT 3",
        "UPDATE item SET name = 'u#' WHERE id = # % 200",
        "UPDATE sale SET price = price + 1", "DELETE FROM sale WHERE id % 7 = # % 7",
        "DELETE FROM item WHERE id = 1 + # % 200",
        "DELETE FROM item", "TRUNCATE empty", "TRUNCATE item CASCADE", "TRUNCATE sale RESTART IDENTITY",
        "TRUNCATE part_low",
        "INSERT INTO part SELECT 50, 'q#'", "UPDATE part SET n = 199 - n", "DELETE FROM ONLY parent",
        "INSERT INTO child VALUES (#)",
        "UPDATE parent SET n = 9", "INSERT INTO fast VALUES (#)", "INSERT INTO empty VALUES (#)",
        "SELECT nextval('ticket')", "SELECT setval('ticket', 100 + # % 100)", "SELECT setval('ticket', 20, false)",
        "SELECT setval('sale_id_seq', 5000, false)", "SELECT nextval('item_id_seq')",
        "ALTER SEQUENCE ticket RESTART WITH 7", "ALTER SEQUENCE ticket INCREMENT 3",
        "CREATE TABLE extra_# (n int)", "DROP TABLE IF EXISTS empty", "DROP TABLE sale CASCADE", "CREATE SCHEMA s_#",
        "CREATE INDEX ON item (name)", "DROP INDEX IF EXISTS item_name_idx", "CREATE VIEW v_# AS SELECT 1",
        "ALTER TABLE item ADD COLUMN c_# int DEFAULT 1", "ALTER TABLE item DROP COLUMN IF EXISTS made_at",
        "ALTER TABLE item ALTER COLUMN name DROP NOT NULL", "ALTER TABLE item ALTER COLUMN name SET DEFAULT 'd#'",
        "ALTER TABLE empty ALTER COLUMN n TYPE bigint", "ALTER TABLE item RENAME TO thing",
        "ALTER TABLE sale DISABLE TRIGGER note", "ALTER TABLE sale ENABLE TRIGGER note",
        "ALTER TABLE item ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE item ADD CONSTRAINT named_# CHECK (id > 0)",
        "ALTER TABLE item ALTER COLUMN name SET STATISTICS 50",
        "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE FUNCTION f_#() RETURNS int LANGUAGE sql AS 'SELECT 1'", "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'm#'",
        "COMMENT ON TABLE item IS 'c#'", "GRANT SELECT ON item TO PUBLIC", "REVOKE ALL ON sale FROM PUBLIC",
        "REFRESH MATERIALIZED VIEW total", "CREATE TEMP TABLE t_# (n int)", "CREATE TEMP VIEW tv_# AS SELECT 1",
        "ANALYZE", "VACUUM item", "VACUUM FULL sale", "CLUSTER sale USING sale_pkey", "REINDEX TABLE item",
        "SELECT lo_create(0)", "LISTEN news", "NOTIFY news", "SET search_path = pg_catalog",
        "SELECT pg_advisory_lock(#)",
        "ALTER DATABASE \"@\" SET work_mem = '8MB'", "ALTER TABLE item SET (fillfactor = 70)",
        "ALTER TABLE part DETACH PARTITION part_high",
        "CREATE TABLE p_# PARTITION OF part FOR VALUES FROM (200) TO (300)",
        "DO $$ BEGIN INSERT INTO empty VALUES (5); RAISE EXCEPTION 'no'; EXCEPTION WHEN OTHERS THEN NULL; END $$",
        "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "ROLLBACK TO a",
    ]

    @Test("after random statements a copy is what it was", .native, arguments: [1, 2, 3, 4] as [UInt64])
    func postgres(_ seed: UInt64) async throws {
        try await ProjectFixture.with("lease-random") { project in
            try project.write("shop.sql", Self.schema)
            try project.environment(
                """
                defaults: { durability: none }
                services: { pg: { engine: postgres, databases: { shop: { owner: keeper, init: [shop.sql] } } } }
                """,
                in: .native
            )
            try await project.nexenv("up")
            // As the superuser: the owner may not see everything.
            let server = try await project.url("pg").dropLast("postgres".count)
            let changes = RandomChanges(project, seed: seed, statements: 150)
            try await changes.check(LeaseRequest(engine: "postgres", database: "shop", seeds: .none)) { leased in
                let run = try await Program.run(
                    Self.pgDump,
                    ["--no-password", "--dbname", server + (leased.address.database ?? "")]
                )
                return Self.lines(of: run)
            } change: { leased, generator in
                // Most tests change rows only.
                let choice = Bool.random(using: &generator) ? Self.changes[..<24] : Self.changes[...]
                return try await Self.change(leased, choice, &generator)
            }
        }
    }

    /// Runs random statements in a database; what they come to doesn't matter.
    static func change(
        _ leased: LeasedDatabase,
        _ choice: ArraySlice<String>,
        _ generator: inout SeededGenerator
    ) async throws -> [String] {
        var statements: [String] = []
        for _ in 0..<RandomChanges.count(&generator) {
            let number = Int.random(in: 0..<100_000, using: &generator)
            statements.append(
                (choice.randomElement(using: &generator) ?? "").replacing("#", with: "\(number)")
                    .replacing("@", with: leased.address.database ?? "")
            )
        }
        // It stays whatever was done by it, more often than a test's does.
        let connection = try await PostgresSessions.ofProcess.open(leased)
        for statement in statements { _ = try? await connection.execute(statement) }
        await PostgresSessions.ofProcess.keep(connection, to: leased)
        return statements
    }

    /// A dump, as `pg_dump` writes it; rows have no order.
    static func lines(of run: Program.Run) -> [String] {
        #expect(run.status == 0, "\(run)")
        var lines: [String] = []
        var rows: [String]?
        for line in run.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            // Newer ones write a random word.
            if line.hasPrefix("\\restrict") || line.hasPrefix("\\unrestrict") { continue }
            if line.hasPrefix("COPY ") {
                lines.append(line)
                rows = []
            } else if line == "\\." {
                lines += rows?.sorted() ?? []
                rows = nil
            } else if rows != nil {
                rows?.append(line)
            } else {
                lines.append(line)
            }
        }
        return lines
    }

    private static let pgDump: String = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let newest = folders.compactMap { Int($0) }.max()
        return newest.map { "/usr/lib/postgresql/\($0)/bin/pg_dump" } ?? "pg_dump"
    }()
}
