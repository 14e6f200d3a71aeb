import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

/// Names and passwords of any characters are made exactly so, or refused by name.
@Suite(.waitsForSlots)
struct NameTests {
    /// Names that break careless quoting.
    static let names = [
        "it's", #"say "hi""#, "two words", "x; DROP TABLE a; --", "naïve-データ-😀", #"back\slash"#, "$HOME ${x}", "%s%d",
        "Über",
        String(repeating: "n", count: 63),
    ]

    @Test("PostgreSQL", .docker, .native, arguments: Place.allCases)
    func postgres(_ place: Place) async throws {
        try await ProjectFixture.with("names-pg-\(place.rawValue)") { project in
            let databases = Self.names.map { name in
                "      \(Self.key("d " + name.prefix(60))): { owner: \(Self.yaml("r" + name.prefix(61))) }"
            }
            let roles = Self.names.map { name in
                "      \(Self.key("l" + name.prefix(61))): { password: \(Self.yaml("p" + name)) }"
            }
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg:
                    engine: postgres
                    user: \(Self.yaml("the big; böss name"))
                    password: \(Self.yaml(#"p'a"s\s $w;o rd%é"#))
                    databases:
                \(databases.joined(separator: "\n"))
                    roles:
                \(roles.joined(separator: "\n"))
                """,
                in: place
            )
            try await project.nexenv("up")
            for name in Self.names {
                let database = "d " + name.prefix(60)
                let sql = "SELECT current_database() || '|' || current_user"
                #expect(try await project.value(sql, "pg.\(database)") == "\(database)|r\(name.prefix(61))")
            }
            let found = try await project.postgres("pg") { connection in
                try await connection.query("SELECT rolname FROM pg_roles WHERE rolcanlogin").map { try $0.string(0) }
            }
            for name in Self.names { #expect(found.contains("l" + name.prefix(61))) }
            #expect(try await project.nexenv("up").error.contains("nothing to do"))
        }
    }

    @Test("MongoDB", .docker, .native, arguments: Place.allCases)
    func mongo(_ place: Place) async throws {
        try await ProjectFixture.with("names-mongo-\(place.rawValue)") { project in
            let databases = Self.names.enumerated().map { "      db\($0): { owner: \(Self.yaml($1)) }" }
            try project.environment(
                """
                services:
                  mongo:
                    engine: mongodb
                    version: "6.0"
                    user: \(Self.yaml("the \"boss's\" name"))
                    password: \(Self.yaml(#"p'a"s\s $w;o rd%é"#))
                    databases:
                \(databases.joined(separator: "\n"))
                """,
                in: place
            )
            try await project.nexenv("up")
            for (index, name) in Self.names.enumerated() {
                let user = try await project.mongo("mongo.db\(index)") { connection in
                    let status = try await connection.run(["connectionStatus": 1], in: "admin")
                    return status["authInfo"]?.document?["authenticatedUsers"]?.array?[0].document?["user"]?.string
                }
                #expect(user == name)
            }
        }
    }

    @Test("Redis", .native)
    func redis() async throws {
        for name in ["it's", #"say"hi""#, "x;y", "naïve-😀", #"back\slash"#, "#hash", ">sign", "nopass", "on"] {
            try await ProjectFixture.with("names-redis") { project in
                try project.environment(
                    "services:\n  redis: { engine: redis, user: \(Self.yaml(name)), password: \(Self.yaml("p " + name)) }",
                    in: .native
                )
                try await project.nexenv("up")
                #expect(try await project.redis("redis") { try await $0.send(["ACL", "WHOAMI"]).text } == name)
            }
        }
    }

    @Test(
        "what a server would cut off or misread is refused",
        arguments: [
            ("pg: { engine: postgres, databases: { \(String(repeating: "n", count: 64)): {} } }", "64 bytes"),
            ("pg: { engine: postgres, roles: { \(String(repeating: "é", count: 32)): {} } }", "64 bytes"),
            ("pg: { engine: postgres, user: \(String(repeating: "n", count: 64)) }", "64 bytes"),
            (#"pg: { engine: postgres, password: "a\nb" }"#, "line end"),
            (#"pg: { engine: postgres, user: 'a"b' }"#, "initdb"),
            ("mongo: { engine: mongodb, databases: { \(String(repeating: "n", count: 64)): {} } }", "64 bytes"),
            ("mongo: { engine: mongodb, databases: { a b: {} } }", "can't contain"),
            (#"redis: { engine: redis, user: "a b" }"#, "spaces"),
        ]
    )
    func refused(_ service: String, _ reason: String) async throws {
        try await ProjectFixture.with("refused") { project in
            try project.write("nexenv.yaml", "name: \(project.name)\nservices:\n  \(service)\n")
            let run = try await project.nexenv("validate", status: 78)
            #expect(run.error.contains(reason) && run.error.contains("nexenv.yaml:3:"), "\(run)")
        }
    }

    /// A text in YAML's single quotes, its braces kept from interpolation.
    static func yaml(_ text: String) -> String { key(text.replacing("${", with: "$${")) }

    /// The same for a key, in which nothing is replaced.
    static func key(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
