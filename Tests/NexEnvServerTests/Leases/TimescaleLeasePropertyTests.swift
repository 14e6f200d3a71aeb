import ClientTesting
import NexEnv
import PostgresClient
import Testing

extension LeasePropertyTests {
    private static let hypertables = """
        CREATE TABLE metric (at timestamptz NOT NULL, device int NOT NULL, value double precision);
        SELECT create_hypertable('metric', 'at', chunk_time_interval => interval '1 day');
        CREATE INDEX ON metric (device, at DESC);
        INSERT INTO metric SELECT '2026-01-01'::timestamptz + n * interval '1 hour', n % 5, n FROM generate_series(0, 99) AS n;
        CREATE TABLE empty (at timestamptz NOT NULL, n int);
        SELECT create_hypertable('empty', 'at');
        CREATE TABLE device (id serial PRIMARY KEY, name text);
        INSERT INTO device (name) SELECT 'd' || n FROM generate_series(1, 5) AS n;
        """

    /// What tests do to databases, one statement each; `#` is a random number.
    private static let timescaleChanges = [
        "INSERT INTO metric VALUES ('2026-01-02', 9, #)",
        "INSERT INTO metric VALUES (timestamptz '2026-02-01' + # * interval '1 minute', 1, 2)",
        "INSERT INTO metric SELECT timestamptz '2025-01-01' + n * interval '7 hours', 1, n FROM generate_series(1, 20) AS n",
        "INSERT INTO empty VALUES (timestamptz '2026-01-01' + # * interval '1 hour', #)",
        "UPDATE metric SET value = value + 1 WHERE device = # % 5", "UPDATE metric SET at = at + interval '40 days'",
        "DELETE FROM metric WHERE device = # % 5", "DELETE FROM metric", "INSERT INTO device (name) VALUES ('new #')",
        "DELETE FROM device WHERE id = 1 + # % 5", "SELECT count(*) FROM metric", "UPDATE empty SET n = 1",
        "TRUNCATE empty", "TRUNCATE metric", "SELECT drop_chunks('metric', timestamptz '2026-01-03')",
        "SELECT drop_chunks('empty', now() + interval '9 years')",
        "SELECT set_chunk_time_interval('empty', interval '1 hour')",
        "ALTER TABLE metric ADD COLUMN c_# int", "CREATE INDEX ON metric (value)", "DROP TABLE empty",
        "CREATE TABLE h_# (at timestamptz NOT NULL); SELECT create_hypertable('h_#', 'at')",
        "CREATE TABLE other_# (n int)", "COMMENT ON TABLE metric IS '#'",
    ]

    @Test("TimescaleDB: after random statements a copy is what it was", .docker)
    func timescale() async throws {
        try await ProjectFixture.with("lease-timescale") { project in
            try project.write("metrics.sql", Self.hypertables)
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  ts: { engine: timescaledb, version: 2.19.3-pg17, databases: { metrics: { owner: keeper, init: [metrics.sql] } } }
                """,
                in: .docker
            )
            try await project.nexenv("up")
            let changes = RandomChanges(project, seed: 1, statements: 150)
            try await changes.check(LeaseRequest(engine: "timescaledb", database: "metrics", seeds: .none)) { leased in
                let dump = ["pg_dump", "-U", "postgres", "-d", leased.address.database ?? ""]
                return Self.lines(of: try await project.run(["exec", "ts", "--"] + dump))
            } change: { leased, generator in
                // Most tests change rows only.
                let choice = Bool.random(using: &generator) ? Self.timescaleChanges[..<12] : Self.timescaleChanges[...]
                return try await Self.change(leased, choice, &generator)
            }
        }
    }
}
