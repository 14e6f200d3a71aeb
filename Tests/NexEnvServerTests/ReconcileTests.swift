import Foundation
import MongoClient
import PostgresClient
import Testing

/// A changed file changes just what it says.
@Suite(.waitsForSlots)
struct ReconcileTests {
    @Test("additions are made on the running servers, a setting replaces one, a removed service goes", .docker)
    func docker() async throws {
        try await ProjectFixture.with("reconcile") { project in
            func file(_ pg: String, mongo: String, more: String = "  redis: { engine: redis }") throws {
                try project.environment(
                    """
                    defaults: { durability: none }
                    services:
                      pg:
                        engine: postgres
                    \(pg)
                      mongo:
                        engine: mongodb
                        version: "6.0"
                        databases: { nexus: { collections: [\(mongo)] } }
                    \(more)
                    """,
                    in: .docker
                )
            }
            try project.write("a.yaml", "collection: a\n")
            try project.write("b.yaml", "collection: b\nindexes: [{ keys: { name: 1 }, unique: true }]\n")
            try file("    databases: { one: {} }", mongo: "a.yaml")
            try await project.nexenv("up")
            try await project.postgres("pg.one") {
                _ = try await $0.execute("CREATE TABLE kept AS SELECT 42 AS n; GRANT SELECT ON kept TO PUBLIC")
            }
            try await project.mongo("mongo.nexus") { _ = try await $0.insert([["n": 42]], into: "a", in: "nexus") }
            let before = try await Self.starts(project)

            try project.write("a.yaml", "collection: a\nindexes: [{ keys: { n: 1 } }]\n")
            try file(
                """
                    databases: { one: { owner: boss, extensions: [citext] }, two: { owner: boss } }
                    roles: { reader: {}, team: { login: false }, writer: { member_of: [team] } }
                """,
                mongo: "a.yaml, b.yaml"
            )
            let changed = try await project.nexenv("up", "--json").json
            #expect(try await Self.starts(project) == before)
            let changes = changed["services"].elements.flatMap { $0["changes"].elements.compactMap(\.text) }
            let wanted = [
                "role boss created", "role reader created", "role team created", "role writer created",
                "role writer made a member of team", "database two created", "database one now belongs to boss",
                "extension citext added to one", "index n_1 on nexus.a created", "collection nexus.b created",
                "index name_1 on nexus.b created",
            ]
            #expect(Set(changes) == Set(wanted))
            #expect(try await project.value("SELECT n FROM kept", "pg.one") == "42")
            #expect(try await project.value("SELECT current_user", "pg.two") == "boss")
            let documents = try await project.mongo("mongo.nexus") {
                try await $0.run(["count": "a"], in: "nexus")["n"]?.int
            }
            #expect(documents == 1)
            #expect(try await project.nexenv("up").error.contains("nothing to do"))

            try file(
                "    settings: { work_mem: 7MB }\n    databases: { one: { owner: boss }, two: { owner: boss } }",
                mongo: "a.yaml, b.yaml",
                more: ""
            )
            #expect(try await project.nexenv("status").output.contains("ready*"))
            try await project.nexenv("up")
            let after = try await Self.starts(project)
            #expect(after["pg"] != before["pg"] && after["mongo"] == before["mongo"])
            #expect(try await project.value("SHOW work_mem", "pg.one") == "7MB")
            #expect(try await project.value("SELECT n FROM kept", "pg.one") == "42")

            #expect(after["redis"] != nil)
            try await project.nexenv("down")
            #expect(try await DockerView.of(project).containers.isEmpty)
        }
    }

    private static func starts(_ project: ProjectFixture) async throws -> [String: String] {
        var starts: [String: String] = [:]
        for container in try await DockerView.of(project).containers {
            let service = String(container.name.split(separator: "-").last ?? "")
            starts[service] = try await DockerView.inspect(container, "{{.Id}} {{.State.StartedAt}}")
        }
        return starts
    }

    @Test("a role's password of the file is the role's", .native)
    func passwords() async throws {
        try await ProjectFixture.with("rolepassword") { project in
            for password in ["one", "two"] {
                try project.environment(
                    """
                    services:
                      pg:
                        engine: postgres
                        roles: { reader: { password: \(password) } }
                    """,
                    in: .native
                )
                try await project.nexenv("up")
                let login = PostgresConfiguration(
                    host: "127.0.0.1",
                    port: try await project.port("pg"),
                    user: "reader",
                    password: password,
                    database: "postgres"
                )
                let user = try await PostgresConnection.withConnection(to: login) {
                    try await $0.query("SELECT current_user")[0].string(0)
                }
                #expect(user == "reader")
            }
        }
    }

    @Test("two checkouts of one project never meet", .docker, .native, arguments: Place.allCases)
    func checkouts(_ place: Place) async throws {
        try await ProjectFixture.with("twice-\(place.rawValue)") { project in
            for folder in ["left/", "right/"] {
                try project.environment(
                    "services:\n  pg: { engine: postgres, port: 45432, durability: none, databases: { one: {} } }",
                    in: place,
                    ports: "preferred",
                    folder: folder
                )
                try await project.nexenv("up", in: folder)
                try await project.postgres("pg.one", in: folder) {
                    _ = try await $0.execute("CREATE TABLE mine AS SELECT '\(folder)'::text AS n")
                }
            }
            #expect(try await project.url("pg", in: "left") != project.url("pg", in: "right"))
            #expect(try await project.nexenv("ls").output.components(separatedBy: project.name).count == 3)
            try await project.nexenv("down", "--volumes", "--yes", in: "left")
            #expect(try await project.value("SELECT n FROM mine", "pg.one", in: "right") == "right/")
        }
    }
}
