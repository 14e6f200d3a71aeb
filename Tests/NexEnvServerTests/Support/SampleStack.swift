import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

/// A stack of PostgreSQL, MongoDB and Redis with everything in it that an interrupted `up` could leave half done.
struct SampleStack {
    let project: ProjectFixture
    let place: Place

    init(_ project: ProjectFixture, in place: Place) throws {
        self.project = project
        self.place = place
        try project.write(
            "init/roles.sql",
            "CREATE TABLE server_init (n integer);\nINSERT INTO server_init VALUES (1);\n"
        )
        try project.write(
            "init/one.sql",
            """
            CREATE TABLE item (id integer PRIMARY KEY, name text NOT NULL);
            CREATE TABLE applied (part text NOT NULL);
            INSERT INTO item SELECT n, 'item ' || n FROM generate_series(1, 2000) AS n;
            INSERT INTO applied VALUES ('first');
            CREATE INDEX CONCURRENTLY item_name ON item (name);
            INSERT INTO applied VALUES ('second');
            """
        )
        try project.write("init/two.sql", "CREATE TABLE other (n integer);\nINSERT INTO other VALUES (1);\n")
        try project.write("notes.yaml", "collection: note\nindexes:\n  - { keys: { at: 1 }, expire_after: 1h }\n")
        try write()
    }

    /// Writes the file; the number changes a setting of PostgreSQL, so that its server has to be replaced.
    func write(workMemory: Int = 4) throws {
        try project.environment(
            """
            defaults: { durability: none, ready_timeout: 40s, stop_grace_period: 3s }
            services:
              pg:
                engine: postgres
                version: "\(place == .docker ? 17 : 15)"
                settings: { work_mem: \(workMemory)MB }
                init: [init/roles.sql]
                databases:
                  one: { owner: one_owner, extensions: [citext], init: [init/one.sql] }
                  two: { init: [init/two.sql] }
              mongo:
                engine: mongodb
                version: "6.0"
                replica_set: rs0
                databases: { nexus: { owner: nexus_owner, collections: [notes.yaml] } }
              redis:
                engine: redis
                version: "\(place == .docker ? "8" : "7.0")"
                settings: { appendonly: "yes", appendfsync: always }
                databases: { cache: 0, app: 1 }
            """,
            in: place
        )
    }

    /// Where the servers are, asked once.
    private func addresses() async throws -> [String: String] {
        let json = try await project.nexenv("env", "--json").json
        return Dictionary(uniqueKeysWithValues: json.names.map { ($0, json[$0].text ?? "") })
    }

    /// Writes a row into each server.
    func addRow() async throws {
        let urls = try await addresses()
        try await PostgresConnection.withConnection(to: PostgresConfiguration(url: urls["PG_ONE_URL"] ?? "")) {
            _ = try await $0.execute("INSERT INTO applied VALUES ('row')")
        }
        try await MongoConnection.withConnection(to: MongoConfiguration(url: urls["MONGO_NEXUS_URL"] ?? "")) {
            _ = try await $0.insert([["n": 1]], into: "row", in: "nexus")
        }
        try await RedisConnection.withConnection(to: RedisConfiguration(url: urls["REDIS_APP_URL"] ?? "")) {
            _ = try await $0.send(["INCR", "rows"])
        }
    }

    /// Expects every server to have just what init made, once, and the rows that were added.
    func expectWhole(rows: Int, _ context: Comment, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let urls = try await addresses()
        let sql = """
            SELECT (SELECT count(*) FROM item) || ' ' || (SELECT string_agg(part, ',' ORDER BY part) FROM applied WHERE part <> 'row')
                || ' ' || (SELECT count(*) FROM applied WHERE part = 'row')
                || ' ' || (SELECT indisvalid FROM pg_index WHERE indexrelid = 'item_name'::regclass)
            """
        let one = try await value(sql, urls["PG_ONE_URL"])
        #expect(one == "2000 first,second \(rows) true", context, sourceLocation: sourceLocation)
        let two = try await value("SELECT count(*) FROM other", urls["PG_TWO_URL"])
        #expect(two == "1", context, sourceLocation: sourceLocation)
        let whole = try await value("SELECT count(*) FROM server_init", urls["PG_URL"])
        #expect(whole == "1", context, sourceLocation: sourceLocation)
        let (documents, indexes) = try await MongoConnection.withConnection(
            to: MongoConfiguration(url: urls["MONGO_NEXUS_URL"] ?? "")
        ) { connection in
            let count = try await connection.run(["count": "row"], in: "nexus")["n"]?.int
            let listed = try await connection.run(["listIndexes": "note"], in: "nexus")
            return (count, listed["cursor"]?.document?["firstBatch"]?.array?.count)
        }
        #expect(documents == rows, context, sourceLocation: sourceLocation)
        #expect(indexes == 2, context, sourceLocation: sourceLocation)
        let keys = try await RedisConnection.withConnection(to: RedisConfiguration(url: urls["REDIS_APP_URL"] ?? "")) {
            try await $0.send(["GET", "rows"]).text
        }
        #expect(keys == (rows == 0 ? nil : "\(rows)"), context, sourceLocation: sourceLocation)
    }

    private func value(_ sql: String, _ url: String?) async throws -> String {
        try await PostgresConnection.withConnection(to: PostgresConfiguration(url: url ?? "")) {
            try await $0.query(sql)[0].string(0)
        }
    }

    /// Expects just the three servers, and nothing half made beside them.
    func expectNoLeftovers(_ context: Comment, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        // What a killed run had started may live on for a moment, such as a `docker` that waits for its answer.
        let wanted = place == .native ? 3 : 0
        try? await eventually("only servers are left", within: .seconds(3)) {
            ProcessView.of(project).count(where: { !$0.command[0].hasPrefix("postgres:") }) == wanted
        }
        let processes = ProcessView.of(project).filter { !$0.command[0].hasPrefix("postgres:") }
        let comment = Comment(rawValue: "\(context): \(processes.map(\.command))")
        #expect(processes.count == wanted, comment, sourceLocation: sourceLocation)
        let files = project.files().filter { path in
            [".tmp", ".partial", ".launch"].contains { path.hasSuffix($0) || path.contains($0 + "/") }
        }
        #expect(files.isEmpty, context, sourceLocation: sourceLocation)
        guard place == .docker else { return }
        let docker = try await DockerView.of(project)
        #expect(
            docker.containers.map(\.state) == ["running", "running", "running"],
            context,
            sourceLocation: sourceLocation
        )
        #expect(docker.volumes.count == 4, context, sourceLocation: sourceLocation)
        #expect(docker.networks.isEmpty, context, sourceLocation: sourceLocation)
    }
}

extension ProjectFixture {
    /// The files that nexenv keeps, but for what lies in the servers' data.
    func files() -> [String] {
        let base = folder + "/.nexenv"
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: base)) ?? []
        return all.filter {
            $0.split(separator: "/").count < 4 && !($0.hasPrefix("data/") && $0.split(separator: "/").count > 2)
        }
    }
}
