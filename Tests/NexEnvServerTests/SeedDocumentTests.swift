import ClientTesting
import Foundation
import MongoClient
import Testing

/// The examples of `docs/seeds.md`, run as they stand there.
@Suite(.waitsForSlots)
struct SeedDocumentTests {
    private static let text: String = {
        let root = #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")
        return (try? String(contentsOfFile: "\(root)/docs/seeds.md", encoding: .utf8)) ?? ""
    }()

    /// The YAML files in the text, in their order.
    private static var files: [String] {
        text.components(separatedBy: "```yaml\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }

    /// What stands between backquotes in running text and in tables.
    private static var inline: [String] {
        let prose = text.components(separatedBy: "```").enumerated().filter { $0.offset.isMultiple(of: 2) }.map(
            \.element
        )
        return prose.flatMap { $0.split(separator: "\n") }.flatMap { line in
            line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter {
                !$0.offset.isMultiple(of: 2)
            }
            .map { String($0.element) }
        }
    }

    /// The tables, collections and files that the examples speak of.
    private static func write(_ project: ProjectFixture) throws {
        try project.write(
            "billing.sql",
            """
            CREATE TABLE plans (id uuid PRIMARY KEY, code text UNIQUE, name text, price numeric(10, 2), features text[]);
            CREATE TABLE orders (id uuid PRIMARY KEY, user_id uuid, region text, amount numeric(10, 2));
            CREATE TABLE totals (user_id uuid PRIMARY KEY, amount numeric(10, 2));
            """
        )
        try project.write(
            "auth.sql",
            """
            CREATE TABLE users (id uuid PRIMARY KEY, email text UNIQUE, plan_id uuid, made_at timestamptz, note text);
            CREATE TABLE countries (iso2 text PRIMARY KEY, name text);
            CREATE TABLE spending (email text PRIMARY KEY, amount numeric(10, 2));
            """
        )
        try project.write("seeds/data/countries.csv", "ISO2,Name\nFR,France\nJP,Japan\n")
        try project.write("seeds/data/events.jsonl", "{\"_id\": 1, \"kind\": \"login\"}\n")
        try project.write("seeds/data/legacy.sql", "INSERT INTO countries VALUES ('XX', 'Elsewhere');\n")
        try project.write("seeds/data/regions.csv", "name\nNorth\nSouth\n")
        let query = try #require(text.firstMatch(of: /queries\/totals\.sql } +# (SELECT .+)/)).output.1
        try project.write("seeds/queries/totals.sql", String(query))
        try project.write(
            "seeds/queries/spending.sql",
            "SELECT u.email, sum(o.amount) AS amount FROM orders o JOIN users u ON u.id = o.user_id GROUP BY 1"
        )
        var names: [String] = []
        for (number, file) in files.enumerated() {
            names.append("seeds/example\(number).yaml")
            try project.write(names[number], file)
        }
        // The tags: each example is a field of one row.
        let tags = inline.filter { $0.hasPrefix("!") && !$0.hasPrefix("!gen") && $0.count > 1 }
        #expect(tags.count > 8)
        let fields = tags.enumerated().map { "tag\($0): \($1)" }
        names.append("seeds/tags.yaml")
        try project.write(
            "seeds/tags.yaml",
            "sets: { set: { into: mongo.nexus.tags, rows: { label: { _id: !id , field: f, \(fields.joined(separator: " , ")) } } } }"
        )
        try project.environment(
            """
            defaults: { durability: none }
            services:
              postgres: { engine: postgres, databases: { billing: { init: [billing.sql] }, auth: { init: [auth.sql] } } }
              mongo: { engine: mongodb, version: "6.0", databases: { nexus: {} } }
              redis: { engine: redis, databases: { sessions: 0, cache: 1 } }
            seeds: [\(names.joined(separator: ", "))]
            modes: { production: {} }
            """,
            in: .native
        )
    }

    @Test("every example loads, and loads nothing when it runs again", .native)
    func examples() async throws {
        #expect(Self.files.count == 4)
        let variables = ["NAME": "name", "ROOT_PASSWORD": "not-to-be-seen"]
        try await ProjectFixture.with("seeddocs", environment: variables) { project in
            try Self.write(project)
            let up = try await project.nexenv("up", "--seed", "--json")
            let written = up.json["seeds"].elements.map { $0["set"].text ?? "" }
            for name in ["plans", "admins", "profiles", "sessions", "countries", "events", "legacy", "users", "cache"] {
                #expect(written.contains(name), "\(up)")
            }
            #expect(written.contains("totals") && written.contains("spending") && written.contains("set"))
            let commands = Self.inline.filter { $0.hasPrefix("nexenv ") && $0.contains("seed") && !$0.contains(".") }
            #expect(commands.count > 1)
            for command in commands {
                let run = try await project.run(command.split(separator: " ").dropFirst().map(String.init))
                #expect(run.error.contains("nothing to do"), "\(command): \(run)")
                #expect(!run.error.contains("not-to-be-seen"))
            }
            let fresh = try await project.nexenv("seed", "--fresh", "--json")
            for set in fresh.json["sets"].elements {
                #expect(
                    ["inserted", "updated", "deleted"].allSatisfy { set[$0].number == 0 },
                    "\(set["set"].text ?? "")"
                )
            }
            let sums = "SELECT (SELECT sum(amount) FROM orders) = (SELECT sum(amount) FROM totals)"
            #expect(try await project.value(sums, "postgres.billing") == "t")
        }
    }
}
